import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../../../src/devkit/broker/broker.ts';
import { startKafkaOrSkip } from '../../support/kafka.ts';

/** A broker as the suites see it: an address, and a way to take it away and bring it back with its data. */
export interface SuiteBroker {
  bootstrapServers: string;
  /** Absent where the broker is not ours. */
  outage?: { begin(): Promise<void>; end(): Promise<void> };
  stop: () => Promise<void>;
}

export type StartSuiteBroker = (context: Mocha.Context) => Promise<SuiteBroker>;

export const startRealKafka: StartSuiteBroker = async (context) => {
  const kafka = await startKafkaOrSkip(context);
  return {
    bootstrapServers: kafka.bootstrapServers,
    outage: kafka.owned ? { begin: kafka.kill, end: kafka.restart } : undefined,
    stop: kafka.stop,
  };
};

export const startEmbeddedBroker: StartSuiteBroker = async () => {
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
};
