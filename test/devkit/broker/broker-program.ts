import { startBroker, type BrokerLogger, type BrokerOptions } from '../../../src/devkit/broker/broker.ts';
import { ProtocolError } from '../../../src/devkit/broker/protocol/bytes/reader.ts';

/** Reports every closed connection whose request was not at fault. */
const logger: BrokerLogger = {
  warn({ err }: { err?: unknown }) {
    if (err instanceof ProtocolError || err instanceof RangeError) return;
    process.send?.({ unexpected: err instanceof Error ? err.stack : String(err) });
  },
};

const options: BrokerOptions = JSON.parse(process.argv[2] ?? '{}');
const broker = await startBroker({ ...options, logger });
process.send?.({ bootstrapServers: broker.bootstrapServers });
process.on('message', () => void settledMemory().then((residentBytes) => process.send?.({ residentBytes })));
// The parent process is gone.
process.on('disconnect', () => process.exit());

/** V8 returns pages a while after it has collected garbage, so this takes the lowest of some readings. */
async function settledMemory(): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
    lowest = Math.min(lowest, process.memoryUsage.rss());
  }
  return lowest;
}
