import { type Kafka, startKafkaOrSkip } from '../../support/kafka.ts';
import { describeRefusedEvents } from './refused-events.ts';

describe('events that Apache Kafka refuses', function () {
  this.timeout(60_000);
  let kafka: Kafka | undefined;
  before(async function () {
    kafka = await startKafkaOrSkip(this);
  });
  after(() => kafka?.stop());

  describeRefusedEvents(() => kafka?.bootstrapServers ?? '');
});
