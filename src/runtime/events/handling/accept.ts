import type { Knex } from 'knex';
import { acceptData } from '../event/data.ts';
import type { EventDefinition, ReceivedEvent } from '../event/definition.ts';
import { inContextOfAll } from './event-context.ts';
import type { BatchHandler, BatchPart, DefinedHandler, HandlerLocks } from './handler.ts';

/** The locks for one event. */
export interface TakenLocks {
  names: readonly string[];
  take: HandlerLocks['take'];
}

/** An event for its handler, with or without a transaction. */
export interface Accepted {
  inside?: (trx: Knex.Transaction) => Promise<unknown>;
  outside?: () => Promise<unknown>;
  batch?: BatchPart;
  locks?: TakenLocks;
}

/** Lifts and validates an event for its handler. */
export type Accept = (event: ReceivedEvent) => Accepted;

/** Returns the function that prepares events of a definition for its handler. */
export function acceptFor<T>(definition: EventDefinition<T>, defined: DefinedHandler<T>): Accept {
  if (defined.delivery === 'in batches') return acceptForBatch(definition, defined.handler);
  return (event) => {
    const accepted = accept(event, definition);
    if (defined.delivery === 'at-least-once')
      return { outside: () => defined.handler(accepted, idempotencyKeyOf(event)) };
    const { handler, locks } = defined;
    return {
      inside: (trx) => handler(accepted, trx),
      ...(locks && { locks: { names: locks.names(accepted), take: locks.take } }),
    };
  };
}

function acceptForBatch<T>(definition: EventDefinition<T>, handler: BatchHandler<T>): Accept {
  const handle: BatchPart['handle'] = (events, trx) =>
    // `accept` created them, so they have this definition
    inContextOfAll(events, async () => void (await handler(events as ReceivedEvent<T>[], trx)));
  return (received) => {
    const event = accept(received, definition);
    return { inside: (trx) => handle([event], trx), batch: { event, handle } };
  };
}

function accept<T>(event: ReceivedEvent, definition: EventDefinition<T>): ReceivedEvent<T> {
  return { ...event, version: definition.version, data: acceptData(definition, event.version, event.data) };
}

const idempotencyKeyOf = ({ source, id, occurrenceId = id }: ReceivedEvent): string =>
  `${source}/${occurrenceId}`;

/** Takes locks, those of the same kind in one call. */
export async function takeLocks(locks: readonly TakenLocks[], trx: Knex.Transaction): Promise<void> {
  for (const take of new Set(locks.map((each) => each.take)))
    await take(
      trx,
      locks.flatMap((each) => (each.take === take ? each.names : [])),
    );
}
