import type { Knex } from 'knex';
import { readAttribute } from '../event/cloud-events.ts';
import { identityOf, type EventDefinition, type EventIdentity } from '../event/definition.ts';
import type { IncomingMessage } from '../event/message.ts';
import type { GroupHandlers } from '../handling/handlers.ts';
import { claimInbox, forgetInbox } from '../inbox/inbox.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { isAnyToTakeOver, takeOverParked } from '../parking/take-over.ts';

type EventType = Pick<EventDefinition, 'topic' | 'type'>;

/** The group whose handlers a subscription takes over, and the events that only the subscription handles now. */
export interface Takeover {
  /** The other group. */
  group: string;
  moved: readonly EventType[];
  /** The events that the other group goes on handling in this release. */
  shared: readonly EventType[];
  isMoved: (message: IncomingMessage) => boolean;
}

/** @param source the handlers that the other group has in this process; undefined where it has none */
export function createTakeover(
  group: string,
  events: readonly EventType[],
  source: GroupHandlers | undefined,
): Takeover {
  const moved = events.filter((event) => !source?.handles(event));
  const names = new Set(moved.map(({ topic, type }) => `${topic} ${type}`));
  return {
    ...{ group, moved },
    shared: events.filter((event) => !moved.includes(event)),
    isMoved: (message) => names.has(`${message.topic} ${readAttribute(message, 'type') ?? ''}`),
  };
}

/** An event of a batch that its own group has not handled. */
export interface Candidate {
  message: IncomingMessage;
  identity: EventIdentity;
}

/**
 * While an old release runs, its replicas handle in the other group what this one handles: so that only one of the two does, a
 * batch puts the event into both inboxes. Takes out of `unseen` what the other group has handled; resolves to what it had not.
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
  const fresh = await claimInbox(trx, { groupId: group, topic }, moved);
  const names = new Set(fresh.map(identityOf));
  for (const name of moved.map(identityOf)) if (!names.has(name)) unseen.delete(name);
  return fresh;
}

/** Takes back what was claimed and then not handled, which is still in `unseen`. */
export async function forgetMoved(
  trx: Knex.Transaction,
  { group }: Takeover,
  claimed: readonly EventIdentity[],
  unseen: ReadonlyMap<string, EventIdentity>,
): Promise<void> {
  await forgetInbox(
    trx,
    group,
    claimed.filter((identity) => unseen.has(identityOf(identity))),
  );
}

/** Moves to `groupId` what an old release has parked since the first start: nobody would handle it once that release is gone. */
export async function adoptParked(
  database: Knex,
  { group, moved }: Takeover,
  groupId: string,
): Promise<void> {
  const takeOver = { from: group, to: groupId, moved, shared: [] };
  if (moved.length === 0 || !(await isAnyToTakeOver(database, takeOver))) return;
  await inTransaction(database, (trx) => takeOverParked(trx, takeOver));
}
