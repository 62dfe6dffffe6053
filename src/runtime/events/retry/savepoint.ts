import type { Knex } from 'knex';
import { isConflict } from '../../database/error-kind.ts';
import { readAttribute } from '../event/cloud-events.ts';
import { EventFailure } from '../handling/failure.ts';
import type { GroupHandlers, HandleableEvent } from '../handling/handlers.ts';
import { failureOf, handleEvent, prepareEvent, type HandledEvent } from '../handling/run-handler.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import { UnknownVersionError } from '../event/data.ts';
import type { ParkedEvent } from '../parking/queue.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { CONFLICTS } from '../handling/retry-policy.ts';

export interface ParkedHandling {
  handlers: GroupHandlers;
  /** The number of events that the transaction has handled already. */
  before?: number;
  settings: Pick<ConsumerSettings, 'batchTimeout' | 'handlerTimeout'>;
}

/** The progress of handling parked events. */
export interface Progress {
  handled: HandledEvent[];
  /** The failure of the next event. */
  failure?: EventFailure;
}

/** An event has failed, and its transaction is lost. */
export class AttemptEndedError extends Error {
  override name = 'BrokenOff';
  readonly failure: EventFailure;
  /** The number of events handled before it. */
  readonly before: number;

  constructor(failure: EventFailure, before: number) {
    super(failure.message);
    this.failure = failure;
    this.before = before;
  }
}

/**
 * Handles the events of a key in order, until one fails or `batchTimeout` is over: all in one savepoint and, if that fails,
 * each in its own. Then the handlers of the events up to the failing one are called twice. Rejects with
 * `AttemptEndedError` if an event failed and `trx` is lost, and with PostgreSQL's error if `trx` is lost without a failed
 * event.
 */
export async function handleInOrder(
  events: readonly ParkedEvent[],
  trx: Knex.Transaction,
  options: ParkedHandling,
): Promise<Progress> {
  const isRepeatable = events.every(({ message }) => !options.handlers.isAtLeastOnce(message));
  const handled = events.length > 1 && isRepeatable && (await handleTogether(events, trx, options));
  return handled ? { handled } : handleOneByOne(events, trx, options);
}

/** Resolves to undefined, without an effect in `trx`, if any part of it fails. */
async function handleTogether(
  events: readonly ParkedEvent[],
  trx: Knex.Transaction,
  { handlers, before = 0, settings: { batchTimeout, handlerTimeout: timeout } }: ParkedHandling,
): Promise<HandledEvent[] | undefined> {
  const handled: HandledEvent[] = [];
  const until = performance.now() + batchTimeout;
  await trx.raw('savepoint parked_events');
  try {
    // a nested transaction, so a handler that hangs cannot write to it later
    await inTransaction(trx, async (inner) => {
      for (const { message } of events) {
        const others = handled.length > 0;
        if (others && performance.now() > until) break;
        const { time, handle } = prepareWanted(message, handlers);
        const seconds = await handleEvent(message, () => handle(inner), { timeout, others });
        handled.push({ time, seconds });
      }
    });
    await trx.raw('release savepoint parked_events');
    return handled;
  } catch (error) {
    await trx.raw('rollback to savepoint parked_events').catch(() => {});
    if (await isUsable(trx)) return undefined;
    throw error instanceof EventFailure ? new AttemptEndedError(error, before + handled.length) : error;
  }
}

async function handleOneByOne(
  events: readonly ParkedEvent[],
  trx: Knex.Transaction,
  options: ParkedHandling,
): Promise<Progress> {
  const { before = 0, settings } = options;
  const handled: HandledEvent[] = [];
  const until = performance.now() + settings.batchTimeout;
  for (const { message } of events) {
    if (performance.now() > until) break;
    try {
      handled.push(await handleInSavepoint(message, trx, options));
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      if (!(await isUsable(trx))) throw new AttemptEndedError(error, before + handled.length);
      return { handled, failure: error };
    }
  }
  return { handled };
}

/** False if the connection is gone: PostgreSQL ends the session of a handler that blocks the process. */
async function isUsable(trx: Knex.Transaction): Promise<boolean> {
  return trx.raw('select').then(
    () => true,
    () => false,
  );
}

/** A conflict is retried immediately; any other failure leaves the transaction as it was before. */
async function handleInSavepoint(
  message: ParkedEvent['message'],
  trx: Knex.Transaction,
  { handlers, settings: { handlerTimeout: timeout } }: ParkedHandling,
): Promise<HandledEvent> {
  const { time, outside, handle } = prepareWanted(message, handlers);
  let seconds = outside ? await handleEvent(message, outside, { timeout }) : 0;
  for (let conflicts = 0; ; conflicts += 1) {
    await trx.raw('savepoint parked_event');
    try {
      // a nested transaction, so a handler that hangs cannot write to it later
      await inTransaction(trx, async (inner) => {
        seconds += await handleEvent(message, () => handle(inner), { timeout });
      });
      await trx.raw('release savepoint parked_event');
      return { time, seconds };
    } catch (error) {
      // Knex does not roll back a savepoint that could not be released; the next check shows whether this worked
      await trx.raw('rollback to savepoint parked_event').catch(() => {});
      if (isConflict(error) && conflicts < CONFLICTS) continue;
      throw error instanceof EventFailure ? error : failureOf(message, error);
    }
  }
}

function prepareWanted(message: ParkedEvent['message'], handlers: GroupHandlers): HandleableEvent {
  if (!handlers.wants(message)) throw failureOf(message, unwanted(message), { reading: true });
  return prepareEvent(message, handlers);
}

/** The error for an older release of the service, or one that no longer handles the event. */
function unwanted(message: ParkedEvent['message']): UnknownVersionError {
  const type = readAttribute(message, 'type') ?? 'this';
  return new UnknownVersionError(
    `this release has no handler for ${type}; deploy a release that has one, or drop the event`,
  );
}
