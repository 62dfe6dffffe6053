import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { handleBatch, type BatchOptions, type BatchResult } from './batch.ts';
import { PositionMovedError } from '../handling/failure.ts';
import { toError } from '../../errors.ts';
import { reportHandled, type ConsumerMetrics } from '../handling/metrics.ts';
import { handleOutside } from './at-least-once.ts';
import { createMessageQueue } from './queue.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import { createStoppage } from './stoppage.ts';
import { createTrouble, type Retrying, type Trouble } from './recovery.ts';
import type { Fetched } from '../kafka/records/fetched.ts';
import type { Damage } from '../kafka/records/record-set.ts';
import { receivedAt, type IncomingMessage } from '../event/message.ts';
import type { Mismatch } from './start-positions.ts';
import { advancePosition, readPosition, type Position } from '../inbox/positions.ts';
import type { Slots } from '../../async/semaphore.ts';
import { isSameRecord, witnessOf, type Witness } from '../inbox/witness.ts';

export interface PartitionStatus {
  topic: string;
  partition: number;
  /** The next offset to handle. */
  position: number;
  /** Events that are not handled yet, as of the last fetch. */
  lag: number;
  /** When Kafka had the first event that waits here, in milliseconds since the epoch. */
  oldest?: number;
  /** Set while the partition waits: for the next try of its first event, or for what does not answer. */
  retrying?: Retrying;
  /** Set while the partition stops at a batch that cannot be read. */
  stopped?: Damage;
}

export interface PartitionOptions extends BatchOptions {
  settings: ConsumerSettings;
  logger: Logger;
  metrics: ConsumerMetrics;
  slots: Slots;
  pause(): void;
  resume(): void;
  /** Fetches from the offset on. */
  fetchFrom(offset: number): void;
  /** A key was parked. */
  parked(): void;
  /** A record of the log before the position; one like it must be there still, unless it is gone. */
  witness?: Witness | undefined;
  /**
   * The position or the log is not what this partition knows: it has closed, and must be opened anew. With a mismatch the log
   * is another one.
   */
  stale(reason: string, mismatch?: Mismatch): void;
}

/** One partition while it is ours: its queue, its place, and the one batch that is being handled. */
export interface OpenPartition {
  receive(batch: Fetched): void;
  /** The offset after the last message that was received. */
  nextFetch(): number;
  /** Where the fetching is to begin now: where it ended, or just before that, so that another log is noticed. */
  beginFetch(): number;
  /** Tells the end of the log, as somebody else has seen it. */
  seeEnd(end: number): void;
  /**
   * Stores the place behind what holds no message, such as the ends of transactions, where nothing else is to do. Rejects when
   * PostgreSQL does not take it; the next time is soon enough.
   */
  settle(): Promise<void>;
  /** Nothing waits here, so that what is in the log should come. */
  hungry(): boolean;
  /** Pauses the fetching again if it must be, after a rebalance has resumed it. */
  flow(): void;
  status(): PartitionStatus;
  /** Stops before the next event, and resolves when what was handled is committed. Safe to call again. */
  close(): Promise<void>;
}

/**
 * Handles what it receives, from `start` on, in order. An event that fails is tried a few times and then parked, with the later
 * ones of its key behind it; none is left out.
 */
export function openPartition(start: Position, logEnd: number, options: PartitionOptions): OpenPartition {
  const { of, handlers, settings, metrics } = options;
  const { topic, partition } = of;
  const logger = options.logger.child({ topic, partition });
  const closing = new AbortController();
  const queue = createMessageQueue();
  const trouble = createTrouble({ topic, settings, logger, metrics, parked: () => options.parked() });
  const stoppage = createStoppage({
    ...{ topic, partition, settings, logger, closing: closing.signal },
    look: lookForPosition,
    fetchAgain: () => options.fetchFrom(nextFetch),
  });
  let position = start;
  let nextFetch = start.position;
  let end = logEnd;
  let { witness } = options;
  let lastMessage: IncomingMessage | undefined;
  let waiting = false;
  let paused = false;
  let working: Promise<void> | undefined;

  const closed = (): boolean => closing.signal.aborted;
  const idle = (): boolean => !working && queue.size() === 0;
  /** What was fetched and holds no message is not behind. */
  const lag = (): number =>
    Math.max(0, end - (idle() ? Math.max(nextFetch, position.position) : position.position));

  function receive(fetched: Fetched): void {
    if (closed()) return;
    if (fetched.logEnd < nextFetch) {
      turnStale(`the log of ${topic}/${partition} ends at ${fetched.logEnd}, before our offset ${nextFetch}`);
      return;
    }
    if (fetched.from > nextFetch) {
      // what lies before it has not come, and nobody else would ask for it
      options.fetchFrom(nextFetch);
      return;
    }
    if (!isOurLog(fetched)) return;
    if (fetched.damage && fetched.next < nextFetch) {
      // somebody has skipped it
      options.fetchFrom(nextFetch);
      return;
    }
    const fresh = fetched.messages.filter(({ offset }) => Number(offset) >= nextFetch);
    queue.push(fresh);
    lastMessage = fresh.at(-1) ?? lastMessage;
    nextFetch = Math.max(nextFetch, fetched.next);
    end = fetched.end;
    if (fetched.damage) stoppage.stop(fetched.damage);
    else stoppage.end();
    flow();
    if (queue.size() > 0) void wake();
  }

  function beginFetch(): number {
    if (lastMessage) witness = witnessOf(lastMessage);
    // an older release that sets a position back leaves a later witness
    if (witness && witness.offset >= nextFetch) witness = undefined;
    return witness?.offset ?? nextFetch;
  }

  /** Compares the witness, where one is waited for and this is the place for it; one that is gone proves nothing. */
  function isOurLog({ messages, next }: Fetched): boolean {
    if (!witness) return true;
    const seen = messages.find(({ offset }) => Number(offset) === witness?.offset);
    const found = seen && witnessOf(seen);
    if (found && !isSameRecord(found, witness)) {
      turnStale(`the record at offset ${found.offset} of ${topic}/${partition} is another one than it was`, {
        witness,
        found,
      });
      return false;
    }
    if (next > witness.offset) witness = undefined;
    return true;
  }

  function flow(): void {
    const high = paused ? settings.queueLow : settings.queueHigh;
    const bytesHigh = paused ? settings.queueBytes / 2 : settings.queueBytes;
    const pause =
      waiting || stoppage.damage() !== undefined || queue.size() > high || queue.bytes() > bytesHigh;
    if (pause) options.pause();
    else if (paused) options.resume();
    paused = pause;
  }

  const wake = (): Promise<void> => occupy(work);

  /** One thing at a time; then the messages that came meanwhile. */
  function occupy(doing: () => Promise<void>): Promise<void> {
    working ??= doing().finally(() => {
      working = undefined;
      if (queue.size() > 0 && !closed()) void wake();
    });
    return working;
  }

  async function settle(): Promise<void> {
    if (closed() || !idle() || nextFetch <= position.position) return;
    await occupy(stepOver);
  }

  async function stepOver(): Promise<void> {
    const moved = await advancePosition(options.database, of, position, nextFetch);
    if (moved) position = moved;
    else followPosition(new PositionMovedError(of, position, await readPosition(options.database, of)));
  }

  async function work(): Promise<void> {
    while (queue.size() > 0 && !closed()) {
      const wait = await options.slots(step);
      if (wait > 0) await pauseFor(wait);
    }
  }

  /** Handles the next batch; resolves to the milliseconds to wait before the one after it. */
  async function step(): Promise<number> {
    const [head] = queue.first(1);
    if (closed() || !head) return 0;
    const wait = trouble.waitAt(head);
    if (wait > 0) return wait;
    const verdict = trouble.verdict();
    let messages = [head];
    let until = Infinity;
    const take = (): IncomingMessage[] => {
      messages = trouble.cut(nextMessages());
      until = performance.now() + settings.batchTimeout;
      return messages;
    };
    const enough = (): boolean => closed() || performance.now() > until;
    try {
      const result = handlers.isOutside(head)
        ? await handleOutside(head, position, options, verdict)
        : await handleBatch(take, position, enough, options, verdict);
      passed(result);
      return 0;
    } catch (error) {
      return failed(toError(error), messages);
    }
  }

  /** A batch, or what there is of one before a message that is handled outside of transactions. */
  function nextMessages(): IncomingMessage[] {
    const messages = queue.first(settings.batchSize);
    const outside = messages.findIndex((message) => handlers.isOutside(message));
    return outside > 0 ? messages.slice(0, outside) : messages;
  }

  function passed(result: BatchResult): void {
    position = result.position;
    queue.dropBelow(position.position);
    trouble.passed(position.position, result.parked);
    trouble.refused(result.refused);
    report(result, topic, metrics);
    flow();
  }

  function failed(error: Error, messages: IncomingMessage[]): number {
    if (!(error instanceof PositionMovedError)) return trouble.failed(error, messages);
    followPosition(error);
    return 0;
  }

  /** Another member went on from here, which is fine; a position that was set back is not for this log any more. */
  function followPosition({ found, message }: PositionMovedError): void {
    if (found?.resets !== position.resets || found.position < position.position) return turnStale(message);
    logger.info(`${message}; another member handled the events in between, or somebody skipped them`);
    position = found;
    nextFetch = Math.max(nextFetch, found.position);
    queue.dropBelow(found.position);
    trouble.passed(found.position, 0);
  }

  /** Whoever moves the position of a partition that stops wants it to go on there. */
  async function lookForPosition(): Promise<void> {
    if (!idle()) return;
    const known = position;
    const found = await readPosition(options.database, of);
    if (closed() || !idle() || position !== known || !found) return;
    if (found.position === known.position && found.resets === known.resets) return;
    turnStale(`the position of ${topic}/${partition} was moved from ${known.position} to ${found.position}`);
  }

  async function pauseFor(milliseconds: number): Promise<void> {
    waiting = true;
    flow();
    await sleep(milliseconds, undefined, { signal: closing.signal }).catch(() => {});
    waiting = false;
    if (!closed()) flow();
  }

  function turnStale(reason: string, mismatch?: Mismatch): void {
    closing.abort();
    logger.warn(reason);
    options.stale(reason, mismatch);
  }

  return {
    receive,
    nextFetch: () => nextFetch,
    beginFetch,
    settle,
    seeEnd(seen) {
      end = Math.max(end, seen);
    },
    hungry: () => queue.size() === 0 && !waiting && !stoppage.damage(),
    flow,
    status: () => ({
      topic,
      partition,
      position: position.position,
      lag: lag(),
      ...(queue.size() > 0 && { oldest: receivedAt(queue.first(1)[0] ?? {}) ?? Date.now() }),
      ...retryingOf(trouble),
      ...stoppedOf(stoppage.damage()),
    }),
    async close() {
      closing.abort();
      await working?.catch(() => {});
    },
  };
}

function retryingOf(trouble: Trouble): { retrying?: Retrying } {
  const retrying = trouble.retrying();
  return retrying ? { retrying } : {};
}

const stoppedOf = (damage: Damage | undefined): { stopped?: Damage } => (damage ? { stopped: damage } : {});

function report(
  { handled, duplicates, tombstones, unhandled }: BatchResult,
  topic: string,
  metrics: ConsumerMetrics,
): void {
  metrics.duplicates(topic, duplicates);
  metrics.tombstones(topic, tombstones);
  metrics.unhandled(topic, unhandled);
  reportHandled(handled, topic, metrics);
}
