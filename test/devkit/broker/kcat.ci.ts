import { startBroker, type Broker } from '../../../src/devkit/broker/broker.ts';
import { kcatSuite } from './kcat-suite.ts';

describe('embedded broker', () => {
  const address = { bootstrapServers: '' };
  let broker: Broker;

  before(async () => {
    broker = await startBroker();
    address.bootstrapServers = broker.bootstrapServers;
  });
  after(() => broker.stop());

  kcatSuite(address);
});
