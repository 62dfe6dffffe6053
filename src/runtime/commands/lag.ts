import type { KafkaConfig } from '../config/kafka-config.ts';
import type { KafkaDriver } from '../events/kafka/driver.ts';
import { readGroups, type GroupPosition } from '../events/operations/group-positions.ts';
import { ageOf } from './input/age.ts';
import type { Command } from './input/command.ts';
import { helpOf, parseFlags, type Flags } from './input/flags.ts';
import { nothingText } from './input/selection.ts';
import { printJson } from './output/printing.ts';
import { kafkaOf, withDatabase, withKafka } from './input/service-access.ts';
import { tableText, type Column } from './output/table.ts';
import { print, printError } from '../logging/terminal.ts';

const names = ['group', 'topic', 'json'] as const;
const columns: Column[] = [
  { title: 'GROUP' },
  { title: 'TOPIC' },
  { title: 'PARTITION', right: true },
  { title: 'POSITION', right: true },
  { title: 'COMMITTED', right: true },
  { title: 'END', right: true },
  { title: 'LAG', right: true },
  { title: 'MOVED', right: true },
];

/** One partition of a group; null means unknown. */
interface PartitionLag {
  group: string;
  topic: string;
  partition: number;
  position: number | null;
  committed: number | null;
  end: number | null;
  lag: number | null;
  /** The time of the last write to the position. */
  movedAt: string | null;
}

export const lagCommand: Command = {
  summary: 'shows the positions of the consumer groups of the service, and the number of events ahead',
  flags: helpOf(names, { group: 'only this consumer group', topic: 'only this topic' }),
  async run(args, root) {
    const { values } = parseFlags(args, names);
    const config = kafkaOf(root);
    const positions = await withDatabase(root, (database) => readGroups(database, values));
    const { logs, error } = await readKafka(config, positions);
    const partitions = lagsOf(positions, logs);
    const kafka = { bootstrapServers: config.bootstrapServers, answers: !error, ...(error && { error }) };
    if (values.json) return printJson({ kafka, partitions });
    if (error)
      printError(`Kafka at ${config.bootstrapServers.join(',')} does not answer (${error}); positions only:`);
    print(partitions.length === 0 ? noneText(values) : lagText(partitions));
  },
};

const noneText = (values: Flags): string =>
  nothingText(
    values,
    'No group has handled an event yet. A service that consumes no event has no group.',
    'No group that matches these flags has handled an event yet.',
  );

/** Kafka's offsets of topics and groups, by `topic/partition` and by `group topic/partition`. */
interface Logs {
  logs: Map<string, { topic: string; partition: number; low: number; high: number }>;
  committed: Map<string, number>;
}

async function readKafka(
  config: KafkaConfig,
  positions: readonly GroupPosition[],
): Promise<{ logs?: Logs; error?: string }> {
  if (positions.length === 0) return {};
  try {
    return { logs: await withKafka(config, (driver) => readLogs(driver, positions)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function readLogs(driver: KafkaDriver, positions: readonly GroupPosition[]): Promise<Logs> {
  // do not ask for a deleted topic, since the broker might create it
  const present = new Set(await driver.listTopics());
  const topics = distinct(positions.map(({ topic }) => topic)).filter((topic) => present.has(topic));
  const logs: Logs = { logs: new Map(), committed: new Map() };
  for (const topic of topics) {
    for (const log of await driver.topicOffsets(topic))
      logs.logs.set(`${topic}/${log.partition}`, { topic, ...log });
  }
  for (const group of distinct(positions.map((each) => each.group))) {
    const heard = distinct(positions.filter((each) => each.group === group).map(({ topic }) => topic));
    const asked = heard.filter((topic) => present.has(topic));
    if (asked.length === 0) continue;
    for (const { topic, partition, offset } of await driver.committedOffsets(group, asked))
      logs.committed.set(`${group} ${topic}/${partition}`, offset);
  }
  return logs;
}

/** Returns a row for every position, and for every partition of its topics without one. */
function lagsOf(positions: readonly GroupPosition[], logs?: Logs): PartitionLag[] {
  const known = positions.map((each) => lagOf(each, logs));
  const places = new Set(known.map(({ group, topic, partition }) => `${group} ${topic}/${partition}`));
  const heard = distinct(positions.map(({ group, topic }) => JSON.stringify([group, topic])));
  const missing = heard.flatMap((pair) => {
    const [group, topic] = JSON.parse(pair) as [string, string];
    return [...(logs?.logs.values() ?? [])]
      .filter((log) => log.topic === topic && !places.has(`${group} ${topic}/${log.partition}`))
      .map(({ partition }) => lagOf({ group, topic, partition, position: null, movedAt: null }, logs));
  });
  return [...known, ...missing].toSorted(
    (a, b) => a.group.localeCompare(b.group) || a.topic.localeCompare(b.topic) || a.partition - b.partition,
  );
}

type LagPosition = Omit<GroupPosition, 'position' | 'movedAt'> & {
  position: number | null;
  movedAt: Date | null;
};

function lagOf({ group, topic, partition, position, movedAt }: LagPosition, logs?: Logs): PartitionLag {
  const log = logs?.logs.get(`${topic}/${partition}`);
  const committed = logs?.committed.get(`${group} ${topic}/${partition}`) ?? null;
  const next = position ?? committed ?? log?.low ?? 0;
  return {
    ...{ group, topic, partition, position, committed },
    end: log?.high ?? null,
    lag: log ? Math.max(0, log.high - Math.max(next, log.low)) : null,
    movedAt: movedAt?.toISOString() ?? null,
  };
}

function lagText(partitions: readonly PartitionLag[]): string {
  const text = (count: number | null): string => (count === null ? '-' : String(count));
  const rows = partitions.map(({ group, topic, partition, position, committed, end, lag, movedAt }) => [
    ...[group, topic, String(partition), text(position), text(committed), text(end), text(lag)],
    movedAt ? ageOf(new Date(movedAt)) : '-',
  ]);
  return tableText(columns, rows);
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
