import { describeConformance } from '../../devkit/broker/conformance.ts';
import { kcatSuite } from '../../devkit/broker/kcat-suite.ts';
import { openWorld } from '../../devkit/broker/versions/world.ts';
import { withProducer } from '../bus/raw-kafka.ts';
import { startRealKafka, type SuiteBroker } from '../bus/suite-broker.ts';

/** Checks that the conformance suite of the embedded broker requires the behavior of Apache Kafka. */
describe('Apache Kafka', function () {
  this.timeout(60_000);
  const address = { bootstrapServers: '' };
  let broker: SuiteBroker | undefined;

  before(async function () {
    broker = await startRealKafka(this);
    address.bootstrapServers = broker.bootstrapServers;
    await useOnce(address.bootstrapServers);
  });
  after(() => broker?.stop());

  describeConformance(address);
  kcatSuite(address);
});

/** Kafka creates its internal topics when a producer id and a group are first requested, and answers "not yet" until then. */
async function useOnce(bootstrapServers: string): Promise<void> {
  await withProducer(bootstrapServers, async () => {});
  const { client } = await openWorld(bootstrapServers);
  client.close();
}
