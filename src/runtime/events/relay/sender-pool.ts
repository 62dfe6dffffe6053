import type { Logger } from 'pino';
import { failpoint } from '../../async/failpoint.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import type { OutboxRow } from './outbox-rows.ts';
import {
  createOutboxSender,
  type OutboxSender,
  type RefusedRow,
  type SendFailure,
  type Sent,
} from './sender.ts';
import type { RelayMetrics } from './metrics.ts';
import { createTopicBackoff, type PausedTopic } from './topic-backoff.ts';

const SENDERS = 4;
/** Below it, rows of several lanes share a request; above it, the lanes are spread over the senders. */
const ROWS_WORTH_SPREADING = 100;

/** Sends rows of several lanes at once, a lane's rows in order. */
export interface RelaySending {
  hasFreeSender(): boolean;
  /** What Kafka did not take a moment ago. */
  waiting(): PausedTopic[];
  /** Why Kafka does not take events at present. */
  problem(): string | undefined;
  /** Sends the rows of some lanes; `done` is called once per group of lanes. Needs a free sender. */
  send(lanes: ReadonlyMap<number, OutboxRow[]>): void;
  /** Whether something is under way. */
  busy(): boolean;
  /** How long a request took of late, in milliseconds. */
  pace(): number;
  /** Resolves once nothing is under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Some lanes are idle again. */
export interface SendingDone {
  lanes: readonly number[];
  /** Rows that are in Kafka. */
  sent: readonly OutboxRow[];
  /** Rows that Kafka does not want, now or later. */
  refused: readonly RefusedRow[];
  /** In so many milliseconds what failed may be tried again. */
  retryIn?: number;
}

interface Settings {
  driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>;
  metrics: Pick<RelayMetrics, 'sent' | 'failed'>;
  logger: Logger;
  /** For so many milliseconds a topic may be forbidden before its events become dead letters. */
  refusalPatience: number;
  done: (outcome: SendingDone) => void;
}

export function createRelaySending({
  driver,
  metrics,
  logger,
  refusalPatience,
  done,
}: Settings): RelaySending {
  const senders = Array.from({ length: SENDERS }, () => createOutboxSender(driver));
  const free = [...senders];
  const underWay = new Set<Promise<void>>();
  const backoff = createTopicBackoff();
  const forbiddenSince = new Map<string, number>();
  let problem: string | undefined;
  let pace = 0;

  async function sendGroup(sender: OutboxSender, group: (readonly [number, OutboxRow[]])[]): Promise<void> {
    const begun = performance.now();
    const outcome = await sender.send(group.flatMap(([, rows]) => rows));
    pace += (performance.now() - begun - pace) / 8;
    if (outcome.sent.length > 0) failpoint('relay.acknowledged');
    free.push(sender);
    noteSent(outcome);
    const delays = outcome.failures.map(noteFailure);
    const hopeless = outcome.failures.filter(isHopeless);
    done({
      lanes: group.map(([lane]) => lane),
      sent: outcome.sent,
      refused: [
        ...outcome.refused,
        ...hopeless.flatMap(({ rows, error }) => rows.map((row) => ({ row, error }))),
      ],
      ...(delays.length > 0 && { retryIn: Math.min(...delays) }),
    });
  }

  function noteSent({ sent, failures }: Sent): void {
    metrics.sent(sent);
    if (sent.length > 0 && failures.length === 0) problem = undefined;
    for (const [topic, lanes] of lanesByTopic(sent)) {
      if (failures.some((failure) => failure.topic === topic)) continue;
      forbiddenSince.delete(topic);
      const again = lanes.map((lane) => backoff.succeed(topic, lane));
      if (again.includes(true)) logger.info({ topic }, `Kafka accepts events of ${topic} again`);
    }
  }

  function noteFailure({ topic, row, rows, error, forbidden }: SendFailure): number {
    const lanes = lanesByTopic(rows).get(topic) ?? [];
    if (forbidden && !forbiddenSince.has(topic)) forbiddenSince.set(topic, performance.now());
    const delays = forbidden ? [backoff.fail({ topic })] : lanes.map((lane) => backoff.fail({ topic, lane }));
    const retryIn = Math.max(...delays);
    problem = `${topic}: ${error.message}`;
    metrics.failed(topic);
    logger.warn(
      { err: error, topic, lane: row.lane, event_id: row.headers['ce_id'] },
      `cannot publish to ${topic}, starting at ${nameOf(row)}: ${error.message}; trying again in ${Math.round(retryIn)} ms`,
    );
    return retryIn;
  }

  const isHopeless = ({ topic, forbidden }: SendFailure): boolean =>
    forbidden && performance.now() - (forbiddenSince.get(topic) ?? Infinity) >= refusalPatience;

  return {
    hasFreeSender: () => free.length > 0,
    waiting: () => backoff.waiting(),
    problem: () => problem,
    send(lanes) {
      for (const group of spread([...lanes], free.length)) {
        const sender = free.pop();
        if (!sender) throw new Error('no sender is free');
        const sending = sendGroup(sender, group).finally(() => underWay.delete(sending));
        underWay.add(sending);
      }
    },
    busy: () => underWay.size > 0,
    pace: () => pace,
    async settled() {
      await Promise.all(underWay);
    },
    async close() {
      await Promise.all(senders.map((sender) => sender.close()));
    },
  };
}

/** How a log line names the event of a row. */
export const nameOf = ({ headers, key }: OutboxRow): string =>
  `${headers['ce_type']} ${headers['ce_id']} of ${key}`;

function lanesByTopic(rows: readonly OutboxRow[]): Map<string, number[]> {
  const lanes = new Map<string, Set<number>>();
  for (const { topic, lane } of rows) {
    const known = lanes.get(topic);
    if (known) known.add(lane);
    else lanes.set(topic, new Set([lane]));
  }
  return new Map([...lanes].map(([topic, of]) => [topic, [...of]]));
}

/** At most `groups` groups of lanes with about as many lanes each, or one where they have few rows. */
function spread<Lane extends readonly [number, OutboxRow[]]>(lanes: Lane[], groups: number): Lane[][] {
  const rows = lanes.reduce((sum, [, { length }]) => sum + length, 0);
  if (rows < ROWS_WORTH_SPREADING) return [lanes];
  return Array.from({ length: Math.min(groups, lanes.length) }, (_, group) =>
    lanes.filter((__, index) => index % groups === group),
  );
}
