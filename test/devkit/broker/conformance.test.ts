import { startBroker, type Broker } from '../../../src/devkit/broker/broker.ts';
import { describeConformance } from './conformance.ts';

describe('embedded broker', () => {
  const address = { bootstrapServers: '' };
  let broker: Broker;

  before(async () => {
    broker = await startBroker();
    address.bootstrapServers = broker.bootstrapServers;
  });
  after(() => broker.stop());

  describeConformance(address);
});
