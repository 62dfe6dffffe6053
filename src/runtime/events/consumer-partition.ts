import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { handleBatch, type BatchOptions, type BatchResult } from './consumer-batch.ts';
import { PositionMovedError, toError } from './consumer-errors.ts';
import type { ConsumerMetrics } from './consumer-metrics.ts';
import { createMessageQueue } from './consumer-queue.ts';
import { createRetry } from './consumer-retry.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import type { Fetched } from './kafka-member.ts';
import type { IncomingMessage } from './message.ts';
import type { Position } from './positions.ts';
import type { Slots } from './slots.ts';

export interface PartitionStatus {
  topic: string;
  partition: number;
  /** The next offset to handle. */
  position: number;
  /** Events that are not handled yet, as of the last fetch. */
  lag: number;
  /** When Kafka had the first event that waits here, in milliseconds since the epoch. */
  oldest?: number;
  /** Set while the first event waits for its next try. */
  retrying?: { attempts: number; error: string };
}

export interface PartitionOptions extends Omit<BatchOptions, 'handlerTimeout'> {
  settings: ConsumerSettings;
  logger: Logger;
  metrics: ConsumerMetrics;
  slots: Slots;
  pause(): void;
  resume(): void;
  /** The position or the log is not what this partition knows: it has closed, and must be opened anew. */
  stale(reason: string): void;
}

/** One partition while it is ours: its queue, its place, and the one batch that is being handled. */
export interface OpenPartition {
  receive(batch: Fetched): void;
  /** The offset after the last message that was received. */
  nextFetch(): number;
  /** Tells the end of the log, as somebody else has seen it. */
  seeEnd(end: number): void;
  /** Nothing waits here, so that what is in the log should come. */
  hungry(): boolean;
  /** Pauses the fetching again if it must be, after a rebalance has resumed it. */
  flow(): void;
  status(): PartitionStatus;
  /** Stops before the next event, and resolves when what was handled is committed. Safe to call again. */
  close(): Promise<void>;
}

/** Handles what it receives, from `start` on, in order. An event that fails is tried until it passes; none is left out. */
export function openPartition(start: Position, logEnd: number, options: PartitionOptions): OpenPartition {
  const { of, settings, metrics } = options;
  const { topic, partition } = of;
  const logger = options.logger.child({ topic, partition });
  const closing = new AbortController();
  const queue = createMessageQueue();
  const retry = createRetry(settings);
  const batch = { ...options, handlerTimeout: settings.handlerTimeout };
  let position = start;
  let nextFetch = start.position;
  let end = logEnd;
  let oneByOne = 0;
  let retrying: PartitionStatus['retrying'];
  let waiting = false;
  let paused = false;
  let working: Promise<void> | undefined;

  const closed = (): boolean => closing.signal.aborted;
  const lag = (): number => Math.max(0, end - position.position);

  function receive(fetched: Fetched): void {
    if (closed()) return;
    if (fetched.end < nextFetch) {
      turnStale(`the log of ${topic}/${partition} ends at ${fetched.end}, before our offset ${nextFetch}`);
      return;
    }
    const fresh = fetched.messages.filter(({ offset }) => Number(offset) >= nextFetch);
    queue.push(fresh);
    nextFetch = Math.max(nextFetch, Number(fresh.at(-1)?.offset ?? -1) + 1);
    end = fetched.end;
    flow();
    wake();
  }

  function flow(): void {
    const limit = paused ? settings.queueLow : settings.queueHigh;
    const pause = waiting || queue.size() > limit;
    if (pause) options.pause();
    else if (paused) options.resume();
    paused = pause;
  }

  function wake(): void {
    working ??= work().finally(() => {
      working = undefined;
      if (queue.size() > 0 && !closed()) wake();
    });
  }

  async function work(): Promise<void> {
    while (queue.size() > 0 && !closed()) {
      const wait = await options.slots(step);
      if (wait > 0) await pauseFor(wait);
    }
  }

  /** Handles the next batch; resolves to the milliseconds to wait before the one after it. */
  async function step(): Promise<number> {
    if (closed()) return 0;
    let size = 0;
    let until = Infinity;
    const take = (): IncomingMessage[] => {
      const messages = queue.first(oneByOne > 0 ? 1 : settings.batchSize);
      size = messages.length;
      until = performance.now() + settings.batchTimeout;
      return messages;
    };
    const enough = (): boolean => closed() || performance.now() > until;
    try {
      passed(await handleBatch(take, position, enough, batch));
      return 0;
    } catch (error) {
      return failed(toError(error), size);
    }
  }

  function passed(result: BatchResult): void {
    position = result.position;
    oneByOne = Math.max(0, oneByOne - queue.dropBelow(position.position));
    retry.passed();
    retrying = undefined;
    report(result, topic, metrics);
    flow();
  }

  function failed(error: Error, size: number): number {
    if (error instanceof PositionMovedError) {
      followPosition(error);
      return 0;
    }
    const next = retry.next(error, size);
    if (next.how === 'one by one') oneByOne = size;
    if (next.how === 'after the outage' && next.first) {
      logger.warn({ err: error }, 'the database does not answer; the partition waits and tries again');
    }
    if (next.how === 'later') {
      metrics.failed(topic);
      retrying = { attempts: next.attempts, error: error.message };
      const wait = `try ${next.attempts} failed, the next one comes in ${Math.round(next.wait)} ms; the events behind it wait`;
      logger.error({ err: error.cause ?? error, attempts: next.attempts }, `${error.message}; ${wait}`);
    }
    return 'wait' in next ? next.wait : 0;
  }

  /** Another member went on from here, which is fine; a position that was set back is not for this log any more. */
  function followPosition({ found, message }: PositionMovedError): void {
    if (found?.resets !== position.resets || found.position < position.position) return turnStale(message);
    logger.info(`${message}; another member handled the events in between`);
    position = found;
    nextFetch = Math.max(nextFetch, found.position);
    queue.dropBelow(found.position);
  }

  async function pauseFor(milliseconds: number): Promise<void> {
    waiting = true;
    flow();
    await sleep(milliseconds, undefined, { signal: closing.signal }).catch(() => {});
    waiting = false;
    if (!closed()) flow();
  }

  function turnStale(reason: string): void {
    closing.abort();
    logger.warn(reason);
    options.stale(reason);
  }

  return {
    receive,
    nextFetch: () => nextFetch,
    seeEnd(seen) {
      end = Math.max(end, seen);
    },
    hungry: () => queue.size() === 0 && !waiting,
    flow,
    status: () => ({
      topic,
      partition,
      position: position.position,
      lag: lag(),
      ...(queue.size() > 0 && { oldest: Number(queue.first(1)[0]?.timestamp ?? Date.now()) }),
      ...(retrying && { retrying }),
    }),
    async close() {
      closing.abort();
      await working;
    },
  };
}

function report({ handled, duplicates }: BatchResult, topic: string, metrics: ConsumerMetrics): void {
  const now = Date.now();
  metrics.handled(topic, handled.length);
  metrics.duplicates(topic, duplicates);
  for (const { event } of handled) {
    const published = Date.parse(event.time);
    if (published > 0) metrics.delay(topic, Math.max(0, now - published) / 1_000);
  }
}
