import type { Logger } from 'pino';
import type { RelayMetrics } from './metrics.ts';
import type { OutboxRow } from './outbox-rows.ts';
import type { TopicKey } from './refused-rows.ts';
import type { RefusedRow, SendFailure, Sent } from './sender.ts';
import { createTopicBackoff, type PausedTopic } from './topic-backoff.ts';

/** The outcome for rows. Rows in neither list stay in the outbox, and are sent again. */
export interface Outcome {
  /** Rows that are in Kafka. */
  sent: readonly OutboxRow[];
  /** Rows that Kafka refuses permanently. */
  refused: readonly RefusedRow[];
  /** The delay before failed rows may be sent again, in ms. */
  retryIn?: number;
}

/** The topics that Kafka accepts at present, and the delays of the others. */
export interface TopicStatus {
  /** Records an answer of Kafka: backs off after a failure, and gives up topics that were forbidden for too long. */
  judge(answer: Sent): Outcome;
  /** These rows are now dead letters; `keys` are those that were not blocked before. */
  deadLetters(refused: readonly RefusedRow[], keys: readonly TopicKey[]): void;
  /** Returns the topics that Kafka did not accept a moment ago. */
  paused(): PausedTopic[];
  /** Returns the reason why Kafka does not accept events at present. */
  problem(): string | undefined;
}

interface Settings {
  metrics: RelayMetrics;
  logger: Logger;
  /** How long a topic may be forbidden before its events become dead letters, in ms. */
  refusalPatience: number;
}

export function createTopicStatus({ metrics, logger, refusalPatience }: Settings): TopicStatus {
  const backoff = createTopicBackoff();
  const forbiddenSince = new Map<string, number>();
  let problem: string | undefined;

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
      `cannot publish to ${topic}, starting at ${rowName(row)}: ${error.message}; trying again in ${Math.round(retryIn)} ms`,
    );
    return retryIn;
  }

  const isHopeless = ({ topic, forbidden }: SendFailure): boolean =>
    forbidden && performance.now() - (forbiddenSince.get(topic) ?? Infinity) >= refusalPatience;

  return {
    judge(answer) {
      noteSent(answer);
      const delays = answer.failures.map(noteFailure);
      const hopeless = answer.failures
        .filter(isHopeless)
        .flatMap(({ rows, error }) => rows.map((row) => ({ row, error })));
      return {
        sent: answer.sent,
        refused: [...answer.refused, ...hopeless],
        ...(delays.length > 0 && { retryIn: Math.min(...delays) }),
      };
    },
    deadLetters(refused, keys) {
      for (const { topic, key } of keys) {
        metrics.deadLetter(topic);
        const first = refused.find(({ row }) => row.topic === topic && row.key === key);
        if (!first) continue;
        logger.error(
          { err: first.error, topic, event_key: key, event_id: first.row.headers['ce_id'] },
          `topic ${topic} does not accept ${rowName(first.row)}: ${first.error.message}. The event is a dead letter, and later events of its key wait. Fix the cause and redrive the event, or drop it`,
        );
      }
    },
    paused: () => backoff.waiting(),
    problem: () => problem,
  };
}

/** Names the event of a row in a log line. */
const rowName = ({ headers, key }: OutboxRow): string =>
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
