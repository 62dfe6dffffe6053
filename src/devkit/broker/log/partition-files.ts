import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProducerSnapshot } from './producer-states.ts';
import { createFileStorage, createMemoryStorage, type SegmentStorage } from './segment-storage.ts';

/** The segments of a partition and, for each, the producers that were known when it began. */
export interface PartitionFiles {
  /** The base offsets of the existing segments, ascending. */
  segments(): number[];
  storage(baseOffset: number): SegmentStorage;
  saveProducers(baseOffset: number, producers: ProducerSnapshot): void;
  loadProducers(baseOffset: number): ProducerSnapshot;
  removeProducers(baseOffset: number): void;
}

/** Keeps segments in memory. */
export function createMemoryFiles(): PartitionFiles {
  return {
    segments: () => [],
    storage: createMemoryStorage,
    saveProducers: () => undefined,
    loadProducers: () => [],
    removeProducers: () => undefined,
  };
}

/** Keeps a partition in `directory`, as `<base offset>.log` and `<base offset>.producers.json`. */
export function createDirectoryFiles(directory: string): PartitionFiles {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = (baseOffset: number, ending: string): string =>
    join(directory, `${String(baseOffset).padStart(20, '0')}.${ending}`);
  return {
    segments: () =>
      readdirSync(directory)
        .filter((name) => /^\d{20}\.log$/.test(name))
        .map((name) => Number.parseInt(name, 10))
        .toSorted((a, b) => a - b),
    storage: (baseOffset) => createFileStorage(path(baseOffset, 'log')),
    saveProducers: (baseOffset, producers) =>
      writeFileSync(path(baseOffset, 'producers.json'), JSON.stringify(producers), { mode: 0o600 }),
    loadProducers(baseOffset) {
      const file = path(baseOffset, 'producers.json');
      return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
    },
    removeProducers: (baseOffset) => rmSync(path(baseOffset, 'producers.json'), { force: true }),
  };
}
