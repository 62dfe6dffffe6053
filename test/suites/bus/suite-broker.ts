import { startKafkaOrSkip } from '../../support/kafka.ts';

/** A broker as the suites see it: an address, and functions that stop it and start it again with its data. */
export interface SuiteBroker {
  bootstrapServers: string;
  /** Absent if the broker is not ours. */
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
