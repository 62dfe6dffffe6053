import type { Logger } from 'pino';
import { failpoint } from './failpoint.ts';
import type { KafkaDriver } from './kafka-driver.ts';
import type { OutboxRow } from './outbox-queue.ts';
import { createOutboxSender, type SendFailure } from './outbox-sender.ts';
import type { RelayMetrics } from './relay-metrics.ts';
import { createTopicBackoff } from './topic-backoff.ts';

const SENDERS = 4;
/** Below it, rows of several lanes share a request; above it, the lanes are spread over the senders. */
const ROWS_WORTH_SPREADING = 100;

/** Sends rows of several lanes at once, a lane's rows in order. */
export interface RelaySending {
  hasFreeSender(): boolean;
  /** Topics that Kafka did not take a moment ago. */
  waitingTopics(): string[];
  /** Why Kafka does not take events at present. */
  problem(): string | undefined;
  /** Sends the rows of some lanes; `done` is called once per lane with those rows that Kafka has. Needs a free sender. */
  send(lanes: ReadonlyMap<number, OutboxRow[]>): void;
  /** Whether something is under way. */
  busy(): boolean;
  /** Resolves once nothing is under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

interface Settings {
  driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>;
  metrics: RelayMetrics;
  logger: Logger;
  /** Some lanes are idle again; `sent` is in Kafka. `retryIn` says when the rest may be tried again, in milliseconds. */
  done: (lanes: readonly number[], sent: readonly OutboxRow[], retryIn: number | undefined) => void;
}

export function createRelaySending({ driver, metrics, logger, done }: Settings): RelaySending {
  const senders = Array.from({ length: SENDERS }, () => createOutboxSender(driver));
  const free = [...senders];
  const underWay = new Set<Promise<void>>();
  const backoff = createTopicBackoff();
  let problem: string | undefined;

  async function sendGroup(group: (readonly [number, OutboxRow[]])[]): Promise<void> {
    const sender = free.pop();
    if (!sender) throw new Error('no sender is free');
    const { sent, failures } = await sender.send(group.flatMap(([, rows]) => rows));
    if (sent.length > 0) failpoint('relay.acknowledged');
    free.push(sender);
    noteSent(sent, failures);
    const delays = failures.map(noteFailure);
    done(
      group.map(([lane]) => lane),
      sent,
      delays.length > 0 ? Math.min(...delays) : undefined,
    );
  }

  function noteSent(sent: OutboxRow[], failures: SendFailure[]): void {
    metrics.sent(sent);
    if (sent.length > 0 && failures.length === 0) problem = undefined;
    for (const topic of new Set(sent.map((row) => row.topic))) {
      if (!failures.some((failure) => failure.topic === topic) && backoff.succeed(topic)) {
        logger.info({ topic }, `Kafka takes events of ${topic} again`);
      }
    }
  }

  function noteFailure({ topic, row, error }: SendFailure): number {
    const retryIn = backoff.fail(topic);
    const event = `${row.headers['ce_type']} ${row.headers['ce_id']} of ${row.key}`;
    problem = `${topic}: ${error.message}`;
    metrics.failed(topic);
    logger.warn(
      { err: error, topic, lane: row.lane, event_id: row.headers['ce_id'] },
      `${topic} was not published from ${event} on: ${error.message}; trying again in ${Math.round(retryIn)} ms`,
    );
    return retryIn;
  }

  return {
    hasFreeSender: () => free.length > 0,
    waitingTopics: () => backoff.waiting(),
    problem: () => problem,
    send(lanes) {
      for (const group of spread([...lanes], free.length)) {
        const sending = sendGroup(group).finally(() => underWay.delete(sending));
        underWay.add(sending);
      }
    },
    busy: () => underWay.size > 0,
    async settled() {
      await Promise.all(underWay);
    },
    async close() {
      await Promise.all(senders.map((sender) => sender.close()));
    },
  };
}

/** At most `groups` groups of lanes with about as many lanes each, or one where they have few rows. */
function spread<Lane extends readonly [number, OutboxRow[]]>(lanes: Lane[], groups: number): Lane[][] {
  const rows = lanes.reduce((sum, [, { length }]) => sum + length, 0);
  if (rows < ROWS_WORTH_SPREADING) return [lanes];
  return Array.from({ length: Math.min(groups, lanes.length) }, (_, group) =>
    lanes.filter((__, index) => index % groups === group),
  );
}
