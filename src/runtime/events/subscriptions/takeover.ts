import type { Knex } from 'knex';
import { readAttribute } from '../event/cloud-events.ts';
import { identityOf, type EventDefinition, type EventIdentity } from '../event/definition.ts';
import type { IncomingMessage } from '../event/message.ts';
import { claimInbox, forgetInbox } from '../inbox/inbox.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { isAnyToTakeOver, takeOverParked } from '../parking/take-over.ts';

type EventType = Pick<EventDefinition, 'topic' | 'type'>;

/** The start of a subscription at the position of another group. */
export interface GroupStart {
  /** The id of the other group. */
  readonly group: string;
  /** The other group keeps its handlers of these events. Without it, the handlers move from the group to the subscription. */
  readonly shared?: boolean;
}

/** The events that a subscription takes over from another group. */
export interface Takeover {
  /** The other group. */
  group: string;
  /** The events whose handlers move from the group to the subscription. */
  moved: readonly EventType[];
  /** The events that both handle. */
  shared: readonly EventType[];
  /** Whether the message is an event of `moved`. */
  isMoved: (message: IncomingMessage) => boolean;
}

/** @param events the events that the subscription handles */
export function createTakeover(
  { group, shared = false }: GroupStart,
  events: readonly EventType[],
): Takeover {
  const names = new Set(shared ? [] : events.map(({ topic, type }) => `${topic} ${type}`));
  return {
    group,
    moved: shared ? [] : events,
    shared: shared ? events : [],
    isMoved: (message) => names.has(`${message.topic} ${readAttribute(message, 'type') ?? ''}`),
  };
}

/** An event of a batch that the subscription has not handled. */
export interface Candidate {
  message: IncomingMessage;
  identity: EventIdentity;
}

/**
 * Claims moved events of a batch in the inbox of the other group, too. Replicas of the old release still handle these events in
 * that group, and the second claim makes exactly one of the two releases handle each event. Removes the events that the other
 * group has handled from `unseen`, and resolves to the events that were claimed.
 */
export async function claimMoved(
  trx: Knex.Transaction,
  { group, isMoved }: Takeover,
  topic: string,
  candidates: readonly Candidate[],
  unseen: Map<string, EventIdentity>,
): Promise<EventIdentity[]> {
  const moved = candidates.flatMap(({ identity, message }) =>
    unseen.has(identityOf(identity)) && isMoved(message) ? [identity] : [],
  );
  const claimed = await claimInbox(trx, { groupId: group, topic }, moved);
  const names = new Set(claimed.map(identityOf));
  for (const name of moved.map(identityOf)) if (!names.has(name)) unseen.delete(name);
  return claimed;
}

/** Removes the claims on events that the batch did not handle: those that are still in `unseen`. */
export async function forgetMoved(
  trx: Knex.Transaction,
  { group }: Takeover,
  claimed: readonly EventIdentity[],
  unseen: ReadonlyMap<string, EventIdentity>,
): Promise<void> {
  const unhandled = claimed.filter((identity) => unseen.has(identityOf(identity)));
  await forgetInbox(trx, group, unhandled);
}

/**
 * Moves events to `groupId` that a replica of the old release parked after the first start of the subscription. The new release
 * has no handler for them in the other group. Safe to repeat.
 */
export async function adoptParked(
  database: Knex,
  { group, moved }: Takeover,
  groupId: string,
): Promise<void> {
  const takeOver = { from: group, to: groupId, moved, shared: [] };
  if (moved.length === 0 || !(await isAnyToTakeOver(database, takeOver))) return;
  await inTransaction(database, (trx) => takeOverParked(trx, takeOver));
}
