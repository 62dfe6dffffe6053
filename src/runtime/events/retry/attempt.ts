import type { Knex } from 'knex';
import { isAway, isConflict } from '../../database/error-kind.ts';
import { backoff } from '../../async/backoff.ts';
import type { EventFailure } from '../handling/failure.ts';
import type { GroupHandlers } from '../handling/handlers.ts';
import { failureOf, type HandledEvent } from '../handling/run-handler.ts';
import { verdictOn } from '../handling/retry-policy.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import { failpoint } from '../../async/failpoint.ts';
import { BrokenOff, handleInOrder, type Course } from './savepoint.ts';
import {
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
import { rejectRolledBack } from '../../database/transaction-commit.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

export interface LapOptions {
  database: Knex;
  groupId: string;
  handlers: GroupHandlers;
  settings: Pick<
    ConsumerSettings,
    'batchSize' | 'batchTimeout' | 'handlerTimeout' | 'outageDelay' | 'parkDelay' | 'parkedTries'
  >;
}

/** What one transaction did for one key. */
export interface Lap {
  key: ParkedKey;
  handled: HandledEvent[];
  /** All events that it saw are handled. */
  emptied: boolean;
  /** Of the event that is now the first one. */
  failure?: EventFailure;
  /** What became of it; undefined when the try did not count. */
  verdict?: Verdict;
  /** The key flows again. */
  finished: boolean;
}

/** What a transaction is to do: with the key that is due for longest where it names none. */
export interface LapTask {
  key?: ParkedKey;
  /** Keep events from being appended meanwhile. */
  whole?: boolean;
  /** Events at most. */
  limit?: number;
}

/**
 * Handles the first events of one parked key, in order, in one transaction, each in a savepoint: what fails leaves those before
 * it handled. Resolves to undefined when no key is due that nobody else has; rejects when PostgreSQL does, and then nothing
 * is done.
 */
export async function runLap(options: LapOptions, task: LapTask = {}): Promise<Lap | undefined> {
  let seen: { taken: TakenKey; events: ParkedEvent[] } | undefined;
  try {
    const lap = await inTransaction(options.database, async (trx) => {
      rejectRolledBack(trx);
      const taken = await take(task, trx, options);
      if (!taken) return undefined;
      const events = await readParked(trx, taken, task.limit ?? options.settings.batchSize);
      seen = { taken, events };
      return handleKey(taken, events, trx, options);
    });
    if (lap && lap.handled.length > 0) failpoint('parked.committed');
    return lap;
  } catch (error) {
    if (!seen) throw error;
    return error instanceof BrokenOff
      ? breakOff(seen.taken, error, options)
      : afterCommitFailed(seen.taken, seen.events, error, options);
  }
}

async function take(
  { key, whole = false }: LapTask,
  trx: Knex.Transaction,
  { groupId, handlers, settings: { handlerTimeout } }: LapOptions,
): Promise<TakenKey | undefined> {
  await trx.raw(
    `select set_config('statement_timeout', ?, true), set_config('idle_in_transaction_session_timeout', ?, true)`,
    [String(handlerTimeout), String(2 * handlerTimeout)],
  );
  return key ? takeKey(trx, key, { whole }) : takeDueKey(trx, groupId, handlers.topics());
}

async function handleKey(
  taken: TakenKey,
  events: ParkedEvent[],
  trx: Knex.Transaction,
  options: LapOptions,
): Promise<Lap> {
  const { groupId, topic, key } = taken;
  const course = await handleInOrder(events, trx, options);
  await removeParked(trx, events.slice(0, course.handled.length));
  const settled = await settle(taken, course, trx, options);
  if (course.handled.length > 0) failpoint('parked.handled');
  const emptied = course.handled.length === events.length;
  return { key: { groupId, topic, key }, emptied, ...course, ...settled };
}

/** No event is named: they are tried one by one, and one that was alone has failed. */
async function afterCommitFailed(
  taken: TakenKey,
  events: ParkedEvent[],
  error: unknown,
  options: LapOptions,
): Promise<Lap | undefined> {
  const [first, ...others] = events;
  if (!first || isAway(error) || isConflict(error)) throw error;
  if (others.length > 0) return runLap(options, { key: taken, limit: 1 });
  return breakOff(taken, new BrokenOff(failureOf(first.message, error), 0), options);
}

async function breakOff(
  taken: TakenKey,
  { failure, before }: BrokenOff,
  options: LapOptions,
): Promise<Lap | undefined> {
  if (before > 0) return runLap(options, { key: taken, limit: before });
  return inTransaction(options.database, async (trx) => {
    rejectRolledBack(trx);
    const again = await takeKey(trx, taken, { whole: false });
    const settled = again && (await settle(again, { handled: [], failure }, trx, options));
    return settled && { key: taken, handled: [], emptied: false, failure, ...settled };
  });
}

/** Says when the key is tried again, or that it flows. */
async function settle(
  taken: TakenKey,
  { handled, failure }: Course,
  trx: Knex.Transaction,
  { settings }: LapOptions,
): Promise<Pick<Lap, 'verdict' | 'finished'>> {
  if (!failure) {
    const finished = await finishKey(trx, taken);
    if (!finished) await keepTrying(trx, taken);
    return { finished };
  }
  const attempts = handled.length > 0 ? 0 : taken.attempts;
  if (failure.kind === 'unreachable') {
    const { max } = settings.outageDelay;
    const nextTryIn = backoff(1, { first: max, max });
    await waitWithKey(trx, taken, { error: failure.message, attempts, nextTryIn });
    return { finished: false };
  }
  const verdict = verdictOn(failure, attempts + 1, settings);
  await postponeKey(trx, taken, verdict);
  return { finished: false, verdict };
}
