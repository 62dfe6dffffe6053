import { busSuite } from './bus-suite.ts';
import { startEmbeddedBroker } from './suite-broker.ts';

busSuite('the embedded broker', startEmbeddedBroker);
