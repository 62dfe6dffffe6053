import type { Knex } from 'knex';
import { EventFailure, StalePositionError } from './consumer-errors.ts';
import type { GroupHandlers, HandleableEvent } from './consumer-handlers.ts';
import { failpoint } from './failpoint.ts';
import { forgetInbox, identityOf, insertIntoInbox } from './inbox.ts';
import type { IncomingMessage } from './message.ts';
import { lockPosition, movePosition, type GroupPartition, type Position } from './positions.ts';

export interface BatchOptions {
  database: Knex;
  handlers: GroupHandlers;
  of: GroupPartition;
  /** Milliseconds that one event may take. */
  handlerTimeout: number;
}

export interface BatchResult {
  /** Where the group is now: the next offset to handle. */
  position: Position;
  handled: HandleableEvent[];
  duplicates: number;
}

interface Item {
  offset: number;
  event?: HandleableEvent;
}

/**
 * Handles messages of one partition, in order, in one transaction: inbox rows first, then each handler, then the position.
 * Messages below the position were handled by somebody, and are passed over, as are events that the inbox has. Stops after
 * an event when `enough` says so, and commits what it has. `take` is called when the
 * transaction has begun, so that what came meanwhile is in the batch too; `known` is the position as this member knows it.
 * Rejects with `EventFailure` (an event cannot be handled), `StalePositionError`, or PostgreSQL's error; nothing is done then.
 */
export async function handleBatch(
  take: () => IncomingMessage[],
  known: Position,
  enough: () => boolean,
  options: BatchOptions,
): Promise<BatchResult> {
  const result = await options.database.transaction(async (trx) => {
    const at = await lockPosition(trx, options.of, options.handlerTimeout);
    if (!at || at.resets !== known.resets || at.position < known.position) throw stale(options.of, known, at);
    const fresh = take().filter(({ offset }) => Number(offset) >= at.position);
    const done = await handleItems(
      fresh.map((message) => prepare(message, options.handlers)),
      enough,
      trx,
      options,
    );
    const position = done.next ?? at.position;
    if (position !== at.position) await movePosition(trx, options.of, position);
    failpoint('consumer.handled');
    return { ...done, position: { position, resets: at.resets } };
  });
  failpoint('consumer.committed');
  return result;
}

function prepare(message: IncomingMessage, handlers: GroupHandlers): Item {
  try {
    return { offset: Number(message.offset), event: handlers.prepare(message) };
  } catch (cause) {
    throw failureOf(message, cause);
  }
}

async function handleItems(
  items: Item[],
  enough: () => boolean,
  trx: Knex.Transaction,
  options: BatchOptions,
): Promise<{ next?: number; handled: HandleableEvent[]; duplicates: number }> {
  const events = items.flatMap(({ event }) => (event ? [event.event] : []));
  const unseen = await insertIntoInbox(trx, options.of.groupId, events);
  const handled: HandleableEvent[] = [];
  let duplicates = 0;
  let next: number | undefined;
  for (const { offset, event } of items) {
    if (next !== undefined && enough()) break;
    if (event && unseen.delete(identityOf(event.event))) {
      await handleEvent(event, trx, options.handlerTimeout);
      handled.push(event);
    } else if (event) duplicates += 1;
    next = offset + 1;
  }
  await forgetInbox(trx, options.of.groupId, [...unseen.values()]);
  return { next, handled, duplicates };
}

async function handleEvent(event: HandleableEvent, trx: Knex.Transaction, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the handler took longer than ${timeout} ms`)), timeout);
  });
  try {
    await Promise.race([event.handle(trx), deadline]);
  } catch (cause) {
    throw failureOf(event.event, cause);
  } finally {
    clearTimeout(timer);
  }
}

function failureOf(
  { topic, partition, offset }: { topic: string; partition: number; offset: string },
  cause: unknown,
): EventFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EventFailure(`event ${topic}/${partition}@${offset} could not be handled: ${reason}`, { cause });
}

function stale(of: GroupPartition, known: Position, seen: Position | undefined): StalePositionError {
  const place = `the position of group ${of.groupId} in ${of.topic}/${of.partition}`;
  const found = seen ? `${seen.position} after ${seen.resets} resets` : 'gone';
  return new StalePositionError(
    `${place} was ${known.position} after ${known.resets} resets, and is ${found}; it is read again`,
  );
}
