import { stormSuite } from './storm.ts';
import { startRealKafka } from './suite-broker.ts';

stormSuite('Apache Kafka', startRealKafka, {
  duration: 30_000,
  interval: 2_000,
  handling: 30,
  patience: 8_000,
});
