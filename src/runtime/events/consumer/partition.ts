import type { PartitionOptions } from './options.ts';
import { troubleOf, type PartitionStatus } from './partition-status.ts';
import { createLogCheck } from './log-check.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { handleBatch, type BatchResult } from './batch.ts';
import { PositionMovedError } from '../handling/failure.ts';
import { toError } from '../../errors.ts';
import { reportBatch } from '../handling/metrics.ts';
import { handleAtLeastOnce } from './at-least-once.ts';
import { createBatchSelection } from './batch-selection.ts';
import { createMessageQueue } from './queue.ts';
import { createStoppage } from './stoppage.ts';
import { createRecovery } from './recovery.ts';
import type { Fetched } from '../kafka/records/fetched.ts';
import { receivedAt, type IncomingMessage } from '../event/message.ts';
import type { Mismatch } from './start-positions.ts';
import { advancePosition, readPosition, type PartitionPosition } from '../inbox/positions.ts';

/** One partition that this member owns: its queue, its position, and its single running batch. */
export interface OpenPartition {
  receive(batch: Fetched): void;
  /** The offset after the last message that was received. */
  nextFetch(): number;
  /** Returns the offset at which to start fetching: the next one, or just before it, to detect a different log. */
  beginFetch(): number;
  /** Takes the end of the log from another source. */
  seeEnd(end: number): void;
  /** While idle, stores the position after offsets without messages. Rejects if PostgreSQL fails; the next call repeats it. */
  storePosition(): Promise<void>;
  /** Whether the queue is empty, so events in the log should arrive. */
  isIdle(): boolean;
  /** Pauses fetching again if needed, after a rebalance has resumed it. */
  flow(): void;
  status(): PartitionStatus;
  /** Stops before the next event, and resolves when the handled events are committed. Safe to repeat. */
  close(): Promise<void>;
}

/**
 * Handles received events in order, starting at `start`. A failing event is retried a few times and then parked, with the
 * later events of its key behind it; no event is skipped.
 */
export function openPartition(
  start: PartitionPosition,
  logEnd: number,
  options: PartitionOptions,
): OpenPartition {
  const { of, handlers, settings, metrics } = options;
  const { topic, partition } = of;
  const logger = options.logger.child({ topic, partition });
  const closing = new AbortController();
  const queue = createMessageQueue();
  const selection = createBatchSelection({ queue, handlers, settings });
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
  /** Fetched offsets without messages do not count as lag. */
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
    // the messages before it have not arrived, and nobody else would request them
    if (fetched.from > nextFetch) return options.fetchFrom(nextFetch);
    if (!isOurLog(fetched)) return;
    // an operator has skipped the damage
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
    const high = (paused ? settings.queueLow : settings.queueHigh) * selection.growth();
    const bytesHigh = paused ? settings.queueBytes / 2 : settings.queueBytes;
    const pause =
      waiting || stoppage.damage() !== undefined || queue.size() > high || queue.bytes() > bytesHigh;
    if (pause) options.pause();
    else if (paused) options.resume();
    paused = pause;
  }

  const wake = (): Promise<void> => occupy(work);

  /** Runs one task at a time; then handles the messages that arrived meanwhile. */
  function occupy(doing: () => Promise<void>): Promise<void> {
    working ??= doing().finally(() => {
      working = undefined;
      if (queue.size() > 0 && !closed()) void wake();
    });
    return working;
  }

  async function storePosition(): Promise<void> {
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

  /** Handles the next batch; resolves to the delay before the one after it, in ms. */
  async function step(): Promise<number> {
    const [head] = queue.first(1);
    if (closed() || !head) return 0;
    const wait = recovery.waitAt(head);
    if (wait > 0) return wait;
    const verdict = recovery.verdict();
    let messages = [head];
    let begun = Infinity;
    const take = (): IncomingMessage[] => {
      messages = recovery.cut(selection.next());
      begun = performance.now();
      return messages;
    };
    const enough = (): boolean => closed() || performance.now() > begun + settings.batchTimeout;
    try {
      const result = handlers.isAtLeastOnce(head)
        ? await handleAtLeastOnce(head, position, options, verdict)
        : await handleBatch(take, position, enough, options, verdict);
      passed(result);
      selection.passed(messages, performance.now() - begun);
      flow();
      return 0;
    } catch (error) {
      return failed(toError(error), messages);
    }
  }

  function passed(result: BatchResult): void {
    position = result.position;
    queue.dropBelow(position.position);
    recovery.passed(position.position, result.parked);
    recovery.refused(result.refused);
    reportBatch(result, topic, metrics);
  }

  function failed(error: Error, messages: IncomingMessage[]): number {
    if (error instanceof PositionMovedError) followPosition(error);
    else if (!selection.failed(error, messages)) return recovery.failed(error, messages);
    return 0;
  }

  /** It is fine if another member has continued from here; a position that was set back no longer belongs to this log. */
  function followPosition({ found, message }: PositionMovedError): void {
    if (found?.resets !== position.resets || found.position < position.position) return turnStale(message);
    logger.info(`${message}; another member handled the events in between, or someone skipped them`);
    position = found;
    nextFetch = Math.max(nextFetch, found.position);
    queue.dropBelow(found.position);
    recovery.passed(found.position, 0);
  }

  /** If the position of a stopped partition was moved, it must continue there. */
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
    storePosition,
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
