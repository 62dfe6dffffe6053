import { setTimeout as pause } from 'node:timers/promises';
import { UnavailableError, type Projection } from 'microservice-runtime';
import type { Balances } from './changes.ts';
import type { Seen } from './verdict.ts';

export interface Reading {
  seen: Seen[];
  /** Reads that were refused since another version is active. */
  refused: number;
  stop(): Promise<void>;
}

const interval = 10;

/** Reads all rows again and again, as `readers` clients do, also while PostgreSQL does not answer. */
export function startReading(balances: Projection<Balances>, readers: readonly number[]): Reading {
  const stopping = new AbortController();
  const reading = { seen: [] as Seen[], refused: 0 };

  async function readAll(reader: number): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const { version, rows } = await balances.read(async (of) => ({
          version: of.version,
          rows: await of.all(),
        }));
        for (const { id, changes } of rows) reading.seen.push({ reader, version, id, changes });
      } catch (error) {
        if (error instanceof UnavailableError) reading.refused += 1;
      }
      await pause(interval);
    }
  }

  const all = Promise.all(readers.map(readAll));
  return Object.assign(reading, {
    async stop() {
      stopping.abort();
      await all;
    },
  });
}
