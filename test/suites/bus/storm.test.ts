import { startEmbeddedBroker } from './embedded-suite-broker.ts';
import { stormSuite } from './storm.ts';

stormSuite('the embedded broker', startEmbeddedBroker, {
  duration: 6_000,
  interval: 500,
  handling: 20,
  patience: 8_000,
});
