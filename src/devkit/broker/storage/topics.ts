import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Journal } from './journal.ts';
import { createDirectoryFiles, createMemoryFiles } from '../log/partition-files.ts';
import {
  createPartitionLog,
  type KeptStart,
  type LogLimits,
  type PartitionLog,
} from '../log/partition-log.ts';

export interface Topic {
  name: string;
  /** A UUID as Kafka prints it. A topic that is deleted and created again gets a new one (KIP-516). */
  id: string;
  partitions: PartitionLog[];
  /** The configuration of the topic, by Kafka's names. */
  configs: Record<string, string>;
}

export interface Topics {
  /** The retention of topics without a setting of their own; it shrinks as the number of partitions grows. */
  defaultRetentionBytes(): number;
  get(name: string): Topic | undefined;
  byId(id: string): Topic | undefined;
  partition(name: string, index: number): PartitionLog | undefined;
  list(): Topic[];
  create(name: string, partitions: number, configs: Record<string, string>): Topic;
  addPartitions(topic: Topic, count: number): void;
  /** Replaces the topic's configuration. */
  configure(topic: Topic, configs: Record<string, string>): void;
  remove(name: string): void;
  close(): void;
}

export interface TopicsOptions {
  journal: Journal;
  /** The folder of the logs; undefined for memory. */
  directory?: string | undefined;
  /** The size from which a partition deletes its oldest batches, unless its topic has another; -1 keeps everything. */
  retentionBytes: number;
  /** The limit of all partitions together; each has an equal share. */
  totalRetentionBytes: number;
}

/** The smallest share of a partition. */
const MIN_RETENTION_BYTES = 1024 * 1024;
const MIN_SEGMENT_BYTES = 64 * 1024;
const MAX_SEGMENT_BYTES = 16 * 1024 * 1024;

interface SavedTopic {
  /** Undefined if a release without ids wrote it. */
  id?: string;
  partitions: number;
  configs: Record<string, string>;
}

export function createTopics(options: TopicsOptions): Topics {
  const { journal, directory, retentionBytes, totalRetentionBytes } = options;
  const topics = new Map<string, Topic>();
  const topicsById = new Map<string, Topic>();
  const table = journal.table<SavedTopic>('topic');
  const starts = journal.table<number>('log-start');
  const path = (name: string, index: number): string | undefined =>
    directory === undefined ? undefined : join(directory, `${name}-${index}`);

  let partitionCount = 0;

  function defaultRetentionBytes(): number {
    if (retentionBytes < 0) return retentionBytes;
    const share = Math.floor(totalRetentionBytes / Math.max(1, partitionCount));
    return Math.min(retentionBytes, Math.max(MIN_RETENTION_BYTES, share));
  }

  function open(name: string, { id = newId(), partitions, configs }: SavedTopic): Topic {
    const topic: Topic = { name, id, configs, partitions: [] };
    topics.set(name, topic);
    topicsById.set(id, topic);
    grow(topic, partitions);
    return topic;
  }

  function grow(topic: Topic, count: number): void {
    for (let index = topic.partitions.length; index < count; index++) {
      const place = path(topic.name, index);
      const files = place === undefined ? createMemoryFiles() : createDirectoryFiles(place);
      const limits = (): LogLimits => limitsOf(topic.configs, defaultRetentionBytes());
      partitionCount++;
      topic.partitions.push(createPartitionLog(files, limits, keptStart(topic.name, index)));
    }
  }

  function keptStart(name: string, index: number): KeptStart {
    const key = `${name}/${index}`;
    return { get: () => starts.get(key) ?? 0, set: (offset) => starts.set(key, offset) };
  }

  function save(topic: Topic): Topic {
    const { name, id, partitions, configs } = topic;
    table.set(name, { id, partitions: partitions.length, configs });
    return topic;
  }

  for (const [name, saved] of table.entries()) {
    const topic = open(name, saved);
    if (saved.id === undefined) save(topic);
  }
  if (directory !== undefined) removeStrays(directory, topics);

  return {
    defaultRetentionBytes,
    get: (name) => topics.get(name),
    byId: (id) => topicsById.get(id),
    partition: (name, index) => topics.get(name)?.partitions[index],
    list: () => [...topics.values()],
    create: (name, partitions, configs) => save(open(name, { partitions, configs })),
    addPartitions(topic, count) {
      grow(topic, count);
      save(topic);
    },
    configure(topic, configs) {
      topic.configs = configs;
      save(topic);
    },
    remove(name) {
      const topic = topics.get(name);
      topics.delete(name);
      if (topic) topicsById.delete(topic.id);
      partitionCount -= topic?.partitions.length ?? 0;
      table.delete(name);
      topic?.partitions.forEach((partition, index) => {
        partition.close();
        starts.delete(`${name}/${index}`);
        const place = path(name, index);
        if (place !== undefined) rmSync(place, { recursive: true, force: true });
      });
    },
    close: () => topics.forEach((topic) => topic.partitions.forEach((partition) => partition.close())),
  };
}

function newId(): string {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
}

function limitsOf(configs: Record<string, string>, defaultRetentionBytes: number): LogLimits {
  const retentionBytes = Number(configs['retention.bytes'] ?? defaultRetentionBytes);
  const segmentBytes = Number(configs['segment.bytes'] ?? segmentBytesFor(retentionBytes));
  return { retentionBytes, segmentBytes };
}

/** Segments are deleted as a whole, so small ones keep a log close to its retention. */
function segmentBytesFor(retentionBytes: number): number {
  if (retentionBytes < 0) return MAX_SEGMENT_BYTES;
  return Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, retentionBytes / 4));
}

/** Removes leftovers of a process that was killed while it created or deleted a topic. */
function removeStrays(directory: string, topics: Map<string, Topic>): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(directory)) {
    const [, name = '', index = '-1'] = /^(.+)-(\d+)$/.exec(entry) ?? [];
    if (topics.get(name)?.partitions[Number(index)]) continue;
    rmSync(join(directory, entry), { recursive: true, force: true });
  }
}
