import { busSuite } from './bus-suite.ts';
import { startEmbeddedBroker } from './embedded-suite-broker.ts';

busSuite('the embedded broker', startEmbeddedBroker);
