import type { Knex } from 'knex';
import { readIdentity } from '../event/cloud-events.ts';
import { EventFailure, ParkingFullError, PositionMovedError } from '../handling/failure.ts';
import type { GroupHandlers, HandleableEvent } from '../handling/handlers.ts';
import { createEventRuns } from '../handling/event-runs.ts';
import { prepareEvent, type HandledEvent } from '../handling/run-handler.ts';
import { verdictOn } from '../handling/retry-policy.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import { failpoint } from '../../async/failpoint.ts';
import { createTurns } from '../../async/turns.ts';
import { identityOf, type EventIdentity } from '../event/definition.ts';
import { claimEvents, forgetInbox, type Claimed } from '../inbox/inbox.ts';
import type { IncomingMessage } from '../event/message.ts';
import { keyTextOf } from '../parking/stored-message.ts';
import { appendParked, messageKeys, lockParkedKeys, parkKey, type Verdict } from '../parking/park.ts';
import {
  movePosition,
  readPosition,
  type GroupPartition,
  type PartitionPosition,
} from '../inbox/positions.ts';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { witnessOf } from '../inbox/witness.ts';
import { claimMoved, forgetMoved, type Takeover } from '../subscriptions/takeover.ts';

export interface BatchOptions {
  database: Knex;
  handlers: GroupHandlers;
  of: GroupPartition;
  /** Set for a group that takes over from another one. */
  takeover?: Takeover | undefined;
  settings: {
    /** The time limit of one event, in ms. */
    handlerTimeout: number;
    /** The most parked keys of the group. */
    parkedKeys: number;
    /** The schedule for parking an event that cannot be decoded for a handler. */
    parkDelay: ConsumerSettings['parkDelay'];
    parkedTries: number;
    /** The connections of `database` may cache plans. */
    session?: boolean;
  };
}

/** The decision about an event that has failed before: it must be parked. */
export interface OffsetVerdict extends Verdict {
  offset: number;
}

export interface BatchResult {
  /** The group's position now: the next offset to handle. */
  position: PartitionPosition;
  handled: HandledEvent[];
  duplicates: number;
  /** Tombstones without a handler, which were skipped. */
  tombstones: number;
  /** Events of types without a handler, which were skipped. */
  unhandled: number;
  /** The number of events parked: the refused ones, the one of the verdict, and those whose key is parked. */
  parked: number;
  /** Events that are invalid or cannot be read, so no handler gets them; each is parked. */
  refused: RefusedEvent[];
}

export interface RefusedEvent {
  failure: EventFailure;
  verdict: Verdict;
}

interface Item {
  offset: number;
  message: IncomingMessage;
  /** Whether a handler processes it. */
  wanted: boolean;
  identity?: EventIdentity;
}

/**
 * Handles messages of one partition in order, in one transaction. First the position moves and the inbox rows are inserted,
 * so a second owner of the partition waits; then each handler runs. Events that the inbox already has are skipped. Events of
 * parked keys are queued behind their first event. The event of the `verdict` is parked, and so is one that cannot be
 * decoded: neither had an effect that would need a rollback. Stops after an event when `enough` returns true, and commits the
 * work so far. `take` is called when the transaction has begun, so the batch includes messages that arrived meanwhile;
 * `known` is the position as this member knows it. Rejects with `EventFailure` (an event cannot be handled),
 * `PositionMovedError`, `ParkingFullError`, or PostgreSQL's error; then nothing is done.
 */
export async function handleBatch(
  take: () => IncomingMessage[],
  known: PartitionPosition,
  enough: () => boolean,
  options: BatchOptions,
  verdict?: OffsetVerdict,
): Promise<BatchResult> {
  const result = await inTransaction(options.database, async (trx) => {
    rejectRolledBack(trx);
    const items = take().map((message) => itemOf(message, options.handlers));
    if (items.length === 0)
      return {
        position: known,
        handled: [],
        duplicates: 0,
        tombstones: 0,
        unhandled: 0,
        parked: 0,
        refused: [],
      };
    const { unseen, parked, moved } = await claimItems(items, known, trx, options);
    failpoint('consumer.claimed');
    const waiting = parked ? await lockParkedKeys(trx, options.of, keysIn(items)) : new Set<string>();
    await options.handlers.lock(unhandledIn(items, unseen), trx);
    const { next, ...done } = await handleItems(items, { unseen, waiting, enough, verdict }, trx, options);
    if (next <= (items.at(-1)?.offset ?? 0)) {
      await forgetInbox(trx, options.of.groupId, [...unseen.values()]);
      if (options.takeover) await forgetMoved(trx, options.takeover, moved, unseen);
      const last = items.findLast(({ offset }) => offset < next);
      await movePosition(trx, options.of, next, last && witnessOf(last.message));
    }
    failpoint('consumer.handled');
    return { ...done, position: { position: next, resets: known.resets } };
  });
  failpoint('consumer.committed');
  return result;
}

function itemOf(message: IncomingMessage, handlers: GroupHandlers): Item {
  const wanted = handlers.wants(message);
  const identity = wanted ? readIdentity(message) : undefined;
  return { offset: Number(message.offset), message, wanted, ...(identity && { identity }) };
}

const unhandledIn = (items: Item[], unseen: ReadonlyMap<string, EventIdentity>): IncomingMessage[] =>
  items.flatMap(({ identity, message }) => (identity && unseen.has(identityOf(identity)) ? [message] : []));

const keysIn = (items: Item[]): string[] =>
  messageKeys(items.flatMap(({ wanted, message }) => (wanted ? [message] : [])));

async function claimItems(
  items: Item[],
  known: PartitionPosition,
  trx: Knex.Transaction,
  { of, settings, takeover }: BatchOptions,
): Promise<Claimed & { moved: EventIdentity[] }> {
  const events = items.flatMap(({ identity }) => identity ?? []);
  const last = items.at(-1);
  const next = (last?.offset ?? 0) + 1;
  const { handlerTimeout: statementTimeout, session = false } = settings;
  const witness = last && witnessOf(last.message);
  const claim = { of, known, next, witness, events, statementTimeout, session };
  const claimed = await claimEvents(trx, claim);
  if (!claimed) throw new PositionMovedError(of, known, await readPosition(trx, of));
  // a group that was set back repeats events that the other group has handled
  if (!takeover || known.resets > 0) return { ...claimed, moved: [] };
  const candidates = items.flatMap(({ identity, message }) => (identity ? [{ identity, message }] : []));
  const moved = await claimMoved(trx, takeover, of.topic, candidates, claimed.unseen);
  return { ...claimed, moved };
}

interface BatchPlan {
  unseen: Map<string, EventIdentity>;
  /** The parked keys. */
  waiting: Set<string>;
  enough: () => boolean;
  verdict?: OffsetVerdict | undefined;
}

/** Removes the events that it handles or parks from `unseen`; `next` is the offset after the last one. */
async function handleItems(
  items: Item[],
  { unseen, waiting, enough, verdict }: BatchPlan,
  trx: Knex.Transaction,
  options: BatchOptions,
): Promise<Omit<BatchResult, 'position'> & { next: number }> {
  const runs = createEventRuns(trx, options.settings.handlerTimeout);
  const turn = createTurns();
  const handled: HandledEvent[] = [];
  const parked: IncomingMessage[] = [];
  const refused: RefusedEvent[] = [];
  let duplicates = 0;
  let tombstones = 0;
  let unhandled = 0;
  let next = 0;
  for (const { offset, message, wanted, identity } of items) {
    if (next > 0 && enough()) break;
    await turn();
    const seen = identity && !unseen.delete(identityOf(identity));
    if (seen) duplicates += 1;
    if (!wanted && options.handlers.isTombstone(message)) tombstones += 1;
    else if (!wanted) unhandled += 1;
    if (wanted && !seen) {
      if (verdict?.offset === offset) waiting.add(await park(message, verdict, trx, options));
      if (waiting.size > 0 && waiting.has(keyTextOf(message))) parked.push(message);
      else {
        const prepared = prepareOrRefuse(message, options.handlers, options.settings);
        if ('handle' in prepared) handled.push(...(await runs.add(message, prepared)));
        else {
          refused.push(prepared);
          waiting.add(await park(message, prepared.verdict, trx, options));
          parked.push(message);
        }
      }
    }
    next = offset + 1;
  }
  handled.push(...(await runs.end()));
  if (parked.length > 0) {
    await appendParked(trx, options.of, parked);
    failpoint('consumer.parked');
  }
  return { next, handled, duplicates, tombstones, unhandled, parked: parked.length, refused };
}

async function park(
  message: IncomingMessage,
  verdict: Verdict,
  trx: Knex.Transaction,
  { of, settings }: BatchOptions,
): Promise<string> {
  const key = keyTextOf(message);
  if (await parkKey(trx, of, key, verdict, settings.parkedKeys)) return key;
  throw new ParkingFullError(of.groupId, settings.parkedKeys);
}

/** An event that no retry in place can help is parked immediately. */
function prepareOrRefuse(
  message: IncomingMessage,
  handlers: GroupHandlers,
  settings: BatchOptions['settings'],
): HandleableEvent | RefusedEvent {
  try {
    return prepareEvent(message, handlers);
  } catch (failure) {
    const isFinal =
      failure instanceof EventFailure &&
      ['unreadable', 'too large', 'unknown version', 'bug'].includes(failure.kind);
    if (!isFinal) throw failure;
    return { failure, verdict: verdictOn(failure, 1, settings) };
  }
}
