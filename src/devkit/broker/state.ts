import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCoordinator } from './groups/coordinator.ts';
import { createOffsets } from './groups/offsets.ts';
import { openJournal, type Journal } from './storage/journal.ts';
import { createProducerIds } from './storage/producer-ids.ts';
import { createTopics } from './storage/topics.ts';

const RETENTION_BYTES = 256 * 1024 * 1024;
const TOTAL_RETENTION_BYTES = 2 * 1024 * 1024 * 1024;

/** Kafka's default of `group.min.session.timeout.ms`. */
const MIN_SESSION_TIMEOUT_MS = 6000;

export interface StateOptions {
  directory?: string;
  retentionBytes?: number;
  totalRetentionBytes?: number;
  minSessionTimeout?: number;
}

/** Opens the broker's state: topics and their logs, groups and their offsets, producer ids. */
export function openState(options: StateOptions) {
  const { directory, minSessionTimeout = MIN_SESSION_TIMEOUT_MS } = options;
  const { retentionBytes = RETENTION_BYTES, totalRetentionBytes = TOTAL_RETENTION_BYTES } = options;
  const path = (name: string): string | undefined =>
    directory === undefined ? undefined : join(directory, name);
  if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const journal = openJournal(path('journal.jsonl'));
  const topics = createTopics({ journal, directory: path('topics'), retentionBytes, totalRetentionBytes });
  const offsets = createOffsets(journal, (name) => topics.get(name) !== undefined);
  const coordinator = createCoordinator(offsets, minSessionTimeout);
  return {
    clusterId: clusterId(journal),
    producerIds: createProducerIds(journal),
    topics,
    offsets,
    coordinator,
    close(): void {
      coordinator.close();
      topics.close();
      journal.close();
    },
  };
}

function clusterId(journal: Journal): string {
  const table = journal.table<string>('cluster');
  const id = table.get('id') ?? randomUUID();
  table.set('id', id);
  return id;
}
