import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, startBroker } from '../../../src/devkit/broker/broker.ts';
import { describeRefusedEvents } from './refused-events.ts';

describe('events that the embedded broker refuses', () => {
  let directory: string;
  let broker: Broker;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'broker-'));
    broker = await startBroker({ directory });
  });
  after(async () => {
    await broker.stop();
    await rm(directory, { recursive: true, force: true });
  });

  describeRefusedEvents(() => broker.bootstrapServers);
});
