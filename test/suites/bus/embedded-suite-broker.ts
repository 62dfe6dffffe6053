import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../../../src/devkit/broker/broker.ts';
import type { StartSuiteBroker } from './suite-broker.ts';

export async function startEmbeddedBroker(): ReturnType<StartSuiteBroker> {
  const directory = await mkdtemp(join(tmpdir(), 'suite-broker-'));
  let broker = await startBroker({ directory });
  const { port, bootstrapServers } = broker;
  return {
    bootstrapServers,
    outage: {
      begin: () => broker.stop(),
      async end() {
        broker = await startBroker({ directory, port });
      },
    },
    async stop() {
      await broker.stop();
      await rm(directory, { recursive: true });
    },
  };
}
