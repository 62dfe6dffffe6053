import type { PartitionOptions } from './options.ts';
import { troubleOf, type PartitionStatus } from './partition-status.ts';
import { createLogCheck } from './log-check.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { handleBatch, type BatchResult } from './batch.ts';
import { PositionMovedError } from '../handling/failure.ts';
import { toError } from '../../errors.ts';
import { reportBatch } from '../handling/metrics.ts';
import { handleAtLeastOnce } from './at-least-once.ts';
import { createMessageQueue } from './queue.ts';
import { createStoppage } from './stoppage.ts';
import { createRecovery } from './recovery.ts';
import type { Fetched } from '../kafka/records/fetched.ts';
import { receivedAt, type IncomingMessage } from '../event/message.ts';
import type { Mismatch } from './start-positions.ts';
import { advancePosition, readPosition, type Position } from '../inbox/positions.ts';

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
  isIdle(): boolean;
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
  const log = createLogCheck(options.witness);
  const recovery = createRecovery({ topic, settings, logger, metrics, parked: () => options.parked() });
  const stoppage = createStoppage({
    ...{ topic, partition, settings, logger, closing: closing.signal },
    look: lookForPosition,
    fetchAgain: () => options.fetchFrom(nextFetch),
  });
  let position = start;
  let nextFetch = start.position;
  let end = logEnd;
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
      turnStale(
        `the log of ${topic}/${partition} ends at ${fetched.logEnd}, before offset ${nextFetch} of this group`,
      );
      return;
    }
    // what lies before it has not come, and nobody else would ask for it
    if (fetched.from > nextFetch) return options.fetchFrom(nextFetch);
    if (!isOurLog(fetched)) return;
    // somebody has skipped the damage
    if (fetched.damage && fetched.next < nextFetch) return options.fetchFrom(nextFetch);
    const fresh = fetched.messages.filter(({ offset }) => Number(offset) >= nextFetch);
    queue.push(fresh);
    log.received(fresh);
    nextFetch = Math.max(nextFetch, fetched.next);
    end = fetched.end;
    if (fetched.damage) stoppage.stop(fetched.damage);
    else stoppage.end();
    flow();
    if (queue.size() > 0) void wake();
  }

  function isOurLog(fetched: Fetched): boolean {
    const mismatch = log.mismatchIn(fetched);
    if (!mismatch) return true;
    turnStale(
      `the record at offset ${mismatch.found.offset} of ${topic}/${partition} differs from the one that was read before`,
      mismatch,
    );
    return false;
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
    const wait = recovery.waitAt(head);
    if (wait > 0) return wait;
    const verdict = recovery.verdict();
    let messages = [head];
    let until = Infinity;
    const take = (): IncomingMessage[] => {
      messages = recovery.cut(nextMessages());
      until = performance.now() + settings.batchTimeout;
      return messages;
    };
    const enough = (): boolean => closed() || performance.now() > until;
    try {
      const result = handlers.isAtLeastOnce(head)
        ? await handleAtLeastOnce(head, position, options, verdict)
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
    const outside = messages.findIndex((message) => handlers.isAtLeastOnce(message));
    return outside > 0 ? messages.slice(0, outside) : messages;
  }

  function passed(result: BatchResult): void {
    position = result.position;
    queue.dropBelow(position.position);
    recovery.passed(position.position, result.parked);
    recovery.refused(result.refused);
    reportBatch(result, topic, metrics);
    flow();
  }

  function failed(error: Error, messages: IncomingMessage[]): number {
    if (!(error instanceof PositionMovedError)) return recovery.failed(error, messages);
    followPosition(error);
    return 0;
  }

  /** Another member went on from here, which is fine; a position that was set back is not for this log any more. */
  function followPosition({ found, message }: PositionMovedError): void {
    if (found?.resets !== position.resets || found.position < position.position) return turnStale(message);
    logger.info(`${message}; another member handled the events in between, or someone skipped them`);
    position = found;
    nextFetch = Math.max(nextFetch, found.position);
    queue.dropBelow(found.position);
    recovery.passed(found.position, 0);
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
    beginFetch: () => log.fetchFrom(nextFetch),
    settle,
    seeEnd(seen) {
      end = Math.max(end, seen);
    },
    isIdle: () => queue.size() === 0 && !waiting && !stoppage.damage(),
    flow,
    status: () => ({
      topic,
      partition,
      position: position.position,
      lag: lag(),
      ...(queue.size() > 0 && { oldest: receivedAt(queue.first(1)[0] ?? {}) ?? Date.now() }),
      ...troubleOf({ retrying: recovery.retrying(), stopped: stoppage.damage() }),
    }),
    async close() {
      closing.abort();
      await working?.catch(() => {});
    },
  };
}
