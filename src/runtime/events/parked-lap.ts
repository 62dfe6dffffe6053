import type { Knex } from 'knex';
import { backoff } from './backoff.ts';
import { readHeader } from './cloud-events.ts';
import { EventFailure, isConflict, isUnreachable } from './consumer-errors.ts';
import type { GroupHandlers } from './consumer-handlers.ts';
import { failureOf, handleEvent, prepareEvent, type HandledEvent } from './consumer-handling.ts';
import { verdictOn } from './consumer-retry.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import { UnknownVersionError } from './event-data.ts';
import { failpoint } from './failpoint.ts';
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
} from './parked-queue.ts';
import type { Verdict } from './parking.ts';
import { rejectRolledBack } from './transaction-commit.ts';
import { inTransaction } from './transaction-failure.ts';

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
  if (!first || isUnreachable(error) || isConflict(error)) throw error;
  if (others.length > 0) return runLap(options, { key: taken, limit: 1 });
  return breakOff(taken, new BrokenOff(failureOf(first.message, error), 0), options);
}

/** An event has failed, and nothing more can be done in its transaction. */
class BrokenOff extends Error {
  override name = 'BrokenOff';
  readonly failure: EventFailure;
  /** Events that were handled before it. */
  readonly before: number;

  constructor(failure: EventFailure, before: number) {
    super(failure.message);
    this.failure = failure;
    this.before = before;
  }
}

async function breakOff(
  taken: TakenKey,
  { failure, before }: BrokenOff,
  options: LapOptions,
): Promise<Lap | undefined> {
  if (before > 0) return runLap(options, { key: taken, limit: before });
  return options.database.transaction(async (trx) => {
    rejectRolledBack(trx);
    const again = await takeKey(trx, taken, { whole: false });
    const settled = again && (await settle(again, { handled: [], failure }, trx, options));
    return settled && { key: taken, handled: [], emptied: false, failure, ...settled };
  });
}

type Course = Pick<Lap, 'handled' | 'failure'>;

async function handleInOrder(
  events: readonly ParkedEvent[],
  trx: Knex.Transaction,
  options: LapOptions,
): Promise<Course> {
  const handled: HandledEvent[] = [];
  const until = performance.now() + options.settings.batchTimeout;
  for (const { message } of events) {
    if (performance.now() > until) break;
    try {
      handled.push(await handleInSavepoint(message, trx, options));
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      if (!(await isUsable(trx))) throw new BrokenOff(error, handled.length);
      return { handled, failure: error };
    }
  }
  return { handled };
}

/** False when the connection is gone: PostgreSQL has ended a session whose handler blocked the process. */
async function isUsable(trx: Knex.Transaction): Promise<boolean> {
  return trx.raw('select').then(
    () => true,
    () => false,
  );
}

const CONFLICTS = 10;

/** A conflict is tried again at once; every other failure leaves the transaction as it was before. */
async function handleInSavepoint(
  message: ParkedEvent['message'],
  trx: Knex.Transaction,
  { handlers, settings: { handlerTimeout: timeout } }: LapOptions,
): Promise<HandledEvent> {
  if (!handlers.wants(message)) throw failureOf(message, unwanted(message), { reading: true });
  const { event, outside, handle } = prepareEvent(message, handlers);
  let seconds = outside ? await handleEvent(message, outside, { timeout }) : 0;
  for (let conflicts = 0; ; conflicts += 1) {
    await trx.raw('savepoint parked_event');
    try {
      // a transaction within the transaction, so that a handler that hangs cannot write to it later
      await inTransaction(trx, async (inner) => {
        seconds += await handleEvent(message, () => handle(inner), { timeout });
      });
      await trx.raw('release savepoint parked_event');
      return { event, seconds };
    } catch (error) {
      // Knex leaves the savepoint alone when it could not be released; who asks next sees whether this worked
      await trx.raw('rollback to savepoint parked_event').catch(() => {});
      if (isConflict(error) && conflicts < CONFLICTS) continue;
      throw error instanceof EventFailure ? error : failureOf(message, error);
    }
  }
}

/** An older release of the service, or one that handles the event no more. */
function unwanted(message: ParkedEvent['message']): UnknownVersionError {
  const type = readHeader(message, 'ce_type') ?? 'this';
  return new UnknownVersionError(
    `nothing handles ${type} in this release; deploy one that does, or drop the event`,
  );
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
