import type { Knex } from 'knex';
import { EventFailure, PositionMovedError } from './consumer-errors.ts';
import type { GroupHandlers, HandleableEvent } from './consumer-handlers.ts';
import { failpoint } from './failpoint.ts';
import { claimEvents, forgetInbox, identityOf, type EventIdentity } from './inbox.ts';
import type { IncomingMessage } from './message.ts';
import { movePosition, readPosition, type GroupPartition, type Position } from './positions.ts';
import { rejectRolledBack } from './transaction-commit.ts';

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
 * Handles messages of one partition in order, in one transaction: the position moves and the inbox gets its rows first, so
 * that a second owner of the partition waits; then each handler runs. Events that the inbox has are passed over. Stops
 * after an event when `enough` says so, and commits what it has. `take` is called when the transaction has begun, so that
 * what came meanwhile is in the batch too; `known` is the position as this member knows it.
 * Rejects with `EventFailure` (an event cannot be handled), `PositionMovedError`, or PostgreSQL's error; nothing is done then.
 */
export async function handleBatch(
  take: () => IncomingMessage[],
  known: Position,
  enough: () => boolean,
  options: BatchOptions,
): Promise<BatchResult> {
  const result = await options.database.transaction(async (trx) => {
    rejectRolledBack(trx);
    const items = take().map((message) => prepare(message, options.handlers));
    if (items.length === 0) return { position: known, handled: [], duplicates: 0 };
    const unseen = await claimItems(items, known, trx, options);
    const { next, ...done } = await handleItems(items, unseen, enough, trx, options);
    if (next <= (items.at(-1)?.offset ?? 0)) {
      await forgetInbox(trx, options.of.groupId, [...unseen.values()]);
      await movePosition(trx, options.of, next);
    }
    failpoint('consumer.handled');
    return { ...done, position: { position: next, resets: known.resets } };
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

async function claimItems(
  items: Item[],
  known: Position,
  trx: Knex.Transaction,
  { of, handlerTimeout: statementTimeout }: BatchOptions,
): Promise<Map<string, EventIdentity>> {
  const events = items.flatMap(({ event }) => (event ? [event.event] : []));
  const next = (items.at(-1)?.offset ?? 0) + 1;
  const unseen = await claimEvents(trx, { of, known, next, events, statementTimeout });
  if (!unseen) throw new PositionMovedError(of, known, await readPosition(trx, of));
  return unseen;
}

/** Takes what it handles out of `unseen`; `next` is the offset after the last one. */
async function handleItems(
  items: Item[],
  unseen: Map<string, EventIdentity>,
  enough: () => boolean,
  trx: Knex.Transaction,
  options: BatchOptions,
): Promise<{ next: number; handled: HandleableEvent[]; duplicates: number }> {
  const handled: HandleableEvent[] = [];
  let duplicates = 0;
  let next = 0;
  for (const { offset, event } of items) {
    if (next > 0 && enough()) break;
    if (event && unseen.delete(identityOf(event.event))) {
      await handleEvent(event, trx, options.handlerTimeout);
      handled.push(event);
    } else if (event) duplicates += 1;
    next = offset + 1;
  }
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
