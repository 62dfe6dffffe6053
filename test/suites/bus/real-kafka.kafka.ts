import { busSuite } from './bus-suite.ts';
import { startRealKafka } from './suite-broker.ts';

busSuite('Apache Kafka', startRealKafka);
