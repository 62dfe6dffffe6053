import type { Knex } from 'knex';
import { isAway, isConflict } from '../../database/error-kind.ts';
import { backoff } from '../../async/backoff.ts';
import type { EventFailure } from '../handling/failure.ts';
import type { GroupHandlers } from '../handling/handlers.ts';
import { failureOf, type HandledEvent } from '../handling/run-handler.ts';
import { verdictOn } from '../handling/retry-policy.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import { failpoint } from '../../async/failpoint.ts';
import { AttemptEndedError, handleInOrder, type Progress } from './savepoint.ts';
import {
  countRetried,
  finishKey,
  keepTrying,
  postponeKey,
  readParked,
  removeParked,
  takeDueKey,
  takeKey,
  waitWithKey,
  type ParkedEvent,
  type ParkedKey,
  type TakenKey,
} from '../parking/queue.ts';
import type { Verdict } from '../parking/park.ts';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

export interface AttemptOptions {
  database: Knex;
  groupId: string;
  handlers: GroupHandlers;
  settings: Pick<
    ConsumerSettings,
    'batchSize' | 'batchTimeout' | 'handlerTimeout' | 'outageDelay' | 'parkDelay' | 'parkedTries'
  >;
}

/** The result of one transaction for one key. */
export interface Attempt {
  key: ParkedKey;
  handled: HandledEvent[];
  /** It saw the end of the queue, and all events before it are handled. */
  emptied: boolean;
  /** The failure of the event that is now the first one. */
  failure?: EventFailure;
  /** The decision about that event; undefined if the attempt did not count. */
  verdict?: Verdict;
  /** The key is no longer parked. */
  finished: boolean;
}

/** The task of a transaction; without a key, it takes the one that has been due the longest. */
export interface AttemptTask {
  key?: ParkedKey;
  /** Prevent events from being appended meanwhile. */
  whole?: boolean;
  /** The most events to handle. */
  limit?: number;
}

/**
 * Handles the first events of one parked key, in order, in one transaction: a failure leaves the events before it handled.
 * The events behind one that has failed before are read when it has succeeded. Resolves to undefined if no due key is free; rejects if PostgreSQL does, and then nothing is done.
 */
export async function tryKey(options: AttemptOptions, task: AttemptTask = {}): Promise<Attempt | undefined> {
  let seen: Seen | undefined;
  try {
    const attempt = await inTransaction(options.database, async (trx) => {
      rejectRolledBack(trx);
      const taken = await take(task, trx, options);
      if (!taken) return undefined;
      seen = { taken, events: [] };
      return handleKey(seen, task.limit ?? options.settings.batchSize, trx, options);
    });
    if (attempt && attempt.handled.length > 0) failpoint('parked.committed');
    return attempt;
  } catch (error) {
    if (!seen) throw error;
    return error instanceof AttemptEndedError
      ? breakOff(seen.taken, error, options)
      : afterCommitFailed(seen, error, options);
  }
}

/** A locked key, and the events of it that were read. */
interface Seen {
  taken: TakenKey;
  events: ParkedEvent[];
}

async function take(
  { key, whole = false }: AttemptTask,
  trx: Knex.Transaction,
  { groupId, handlers, settings: { handlerTimeout } }: AttemptOptions,
): Promise<TakenKey | undefined> {
  await trx.raw(
    `select set_config('statement_timeout', ?, true), set_config('idle_in_transaction_session_timeout', ?, true)`,
    [String(handlerTimeout), String(2 * handlerTimeout)],
  );
  return key ? takeKey(trx, key, { whole }) : takeDueKey(trx, groupId, handlers.topics());
}

async function handleKey(
  seen: Seen,
  limit: number,
  trx: Knex.Transaction,
  options: AttemptOptions,
): Promise<Attempt> {
  const { groupId, topic, key } = seen.taken;
  const { more, ...progress } = await handleQueue(seen, limit, trx, options);
  const settled = await recordAttempt(seen.taken, progress, more, trx, options);
  if (progress.handled.length > 0) failpoint('parked.handled');
  const emptied = !more && !progress.failure;
  return { key: { groupId, topic, key }, emptied, ...progress, ...settled };
}

/** Handles and deletes at most `limit` events; `more` is true if others are known to wait behind. */
async function handleQueue(
  { taken, events }: Seen,
  limit: number,
  trx: Knex.Transaction,
  options: AttemptOptions,
): Promise<Progress & { more: boolean }> {
  const until = performance.now() + options.settings.batchTimeout;
  const handled: HandledEvent[] = [];
  let more = false;
  for (const size of taken.attempts > 0 ? [1, limit - 1] : [limit]) {
    const isLate = handled.length > 0 && performance.now() > until;
    if (isLate || size === 0 || handled.length + size > limit) break;
    const next = await readParked(trx, taken, size);
    events.push(...next.events);
    const part = await handleInOrder(next.events, trx, { ...options, before: handled.length });
    await removeParked(trx, next.events.slice(0, part.handled.length));
    handled.push(...part.handled);
    more = next.more || part.handled.length < next.events.length;
    if (part.failure) return { handled, failure: part.failure, more };
    if (!more) break;
  }
  return { handled, more };
}

/** No single event is known to have failed: they are retried one by one, unless there was only one. */
async function afterCommitFailed(
  { taken, events }: Seen,
  error: unknown,
  options: AttemptOptions,
): Promise<Attempt | undefined> {
  const [first, ...others] = events;
  if (!first || isAway(error) || isConflict(error)) throw error;
  if (others.length > 0) return tryKey(options, { key: taken, limit: 1 });
  return breakOff(taken, new AttemptEndedError(failureOf(first.message, error), 0), options);
}

async function breakOff(
  taken: TakenKey,
  { failure, before }: AttemptEndedError,
  options: AttemptOptions,
): Promise<Attempt | undefined> {
  if (before > 0) return tryKey(options, { key: taken, limit: before });
  return inTransaction(options.database, async (trx) => {
    rejectRolledBack(trx);
    const again = await takeKey(trx, taken, { whole: false });
    const settled = again && (await recordAttempt(again, { handled: [], failure }, true, trx, options));
    return settled && { key: taken, handled: [], emptied: false, failure, ...settled };
  });
}

/** Schedules the next attempt of the key, or ends its parking. */
async function recordAttempt(
  taken: TakenKey,
  { handled, failure }: Progress,
  more: boolean,
  trx: Knex.Transaction,
  { settings }: AttemptOptions,
): Promise<Pick<Attempt, 'verdict' | 'finished'>> {
  if (!failure) {
    const finished = !more && (await finishKey(trx, taken));
    if (!finished) await keepTrying(trx, taken);
    return { finished };
  }
  const attempts = handled.length > 0 ? 0 : taken.attempts;
  if (failure.kind === 'unreachable') {
    const nextTryIn = outageWait(await countRetried(trx, taken), settings);
    await waitWithKey(trx, taken, { error: failure.message, attempts, nextTryIn });
    return { finished: false };
  }
  const verdict = verdictOn(failure, attempts + 1, settings);
  await postponeKey(trx, taken, verdict);
  return { finished: false, verdict };
}

/** The milliseconds between tries of the keys of a group during an outage. */
const OUTAGE_SPACING = 50;

/** Every key may need the same dependency, so the more keys there are, the longer each one waits. */
function outageWait(
  keys: number,
  { outageDelay, parkDelay }: Pick<ConsumerSettings, 'outageDelay' | 'parkDelay'>,
): number {
  const max = Math.max(outageDelay.max, Math.min(keys * OUTAGE_SPACING, parkDelay.max));
  return backoff(1, { first: max, max });
}
