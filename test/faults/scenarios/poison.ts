import { setTimeout as pause } from 'node:timers/promises';
import { redriveKey } from '../../../src/runtime/events/operations/change-parked.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Handled } from '../history.ts';
import { poisonous, requestTransfer, transferOf } from '../requests.ts';
import { flowsQuickly } from '../rest.ts';
import type { World } from '../world.ts';

export interface PoisonFigures {
  /** The longest duration of an event of another key, in milliseconds: in the partition of the poison, and in the others. */
  neighbours: number;
  others: number;
  neighbourEvents: number;
  /** The sequences of the poisoned account, in the order in which they were handled. */
  sequences: number[];
  /** Events of the account that waited behind the poison. */
  queued: number;
}

const behind = 10;
const watched = 10_000;

/**
 * Sends a poisonous event and later events of its account, and watches their neighbors. When the poisonous event is
 * a dead letter, cures and redrives it. Resolves when all events of the account have been handled.
 */
export async function poisonAnAccount(world: World): Promise<PoisonFigures> {
  const [sender, receiver] = world.banks;
  const account = world.specialAccount(sender);
  const ofAccount = () => receiver.database('ledger').where({ account }).orderBy('place');
  await flowsQuickly(world);
  await requestTransfer(sender, transferOf(account));
  await waitFor(async () => (await ofAccount()).length === 1, {
    timeout: 30_000,
    message: 'the first transfer',
  });

  const begun = Date.now();
  const poison = poisonous(account, 'until cured');
  await requestTransfer(sender, poison);
  for (let sent = 0; sent < behind; sent++) await requestTransfer(sender, transferOf(account));
  const place = { group: receiver.group, topic: sender.topic, key: account };
  const key = () =>
    receiver.database('event_parked_keys').where({ consumer_group: place.group, key: account }).first();
  await waitFor(async () => (await key())?.state === 'dead', { timeout: 60_000, message: 'a dead letter' });
  await pause(Math.max(0, begun + watched - Date.now()));
  const ended = Date.now();
  const parked = await receiver.database('event_parked').where({ key: account }).count({ rows: '*' }).first();

  await receiver.database('cures').insert({ transfer: poison.transfer });
  await redriveKey(receiver.database, place);
  await waitFor(async () => (await ofAccount()).length === behind + 2, {
    timeout: 60_000,
    message: 'the whole account',
  });
  const rows: { sequence: number; partition: number }[] = await ofAccount();
  return {
    ...(await delays(world, { from: begun, to: ended, partition: rows[0]?.partition ?? -1, account })),
    sequences: rows.map(({ sequence }) => sequence),
    queued: Number(parked?.rows) - 1,
  };
}

/**
 * The durations of events, in the partition of the poison and in others, while it was there; without accounts that had their
 * own poison.
 */
async function delays(
  world: World,
  { from, to, partition, account }: { from: number; to: number; partition: number; account: string },
): Promise<Pick<PoisonFigures, 'neighbours' | 'others' | 'neighbourEvents'>> {
  const { handled } = await world.history();
  const meanwhile = handled.filter(
    ({ topic, sentAt, poisoned }) =>
      topic === world.banks[0].topic && sentAt >= from && sentAt <= to && !poisoned,
  );
  const poisoned = new Set(
    handled
      .filter((event) => event.poisoned && event.handledAt > from - watched)
      .map(({ account }) => account),
  );
  const usual = meanwhile.filter((event) => event.account !== account && !poisoned.has(event.account));
  const neighbours = usual.filter((event) => event.partition === partition);
  const longest = (events: Handled[]) =>
    Math.max(0, ...events.map(({ sentAt, handledAt }) => handledAt - sentAt));
  return {
    neighbours: longest(neighbours),
    neighbourEvents: neighbours.length,
    others: longest(usual.filter((event) => event.partition !== partition)),
  };
}
