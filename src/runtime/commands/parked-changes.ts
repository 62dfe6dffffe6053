import type { Knex } from 'knex';
import {
  dropParked,
  findParkedKeys,
  readParkedEvents,
  redriveKey,
  type ParkedEvent,
  type ParkedKey,
  type ParkedState,
} from '../events/parked-admin.ts';
import { dropOutgoingKey, readOutgoing } from '../events/outgoing-admin.ts';
import { OUTGOING } from '../events/outbox-parking.ts';
import { redriveOutgoing } from '../events/outbox-redrive.ts';
import { CommandError } from './command.ts';
import { eventText } from './event-text.ts';
import { limitOf, type Flags } from './flags.ts';
import { keyJson, keyName, keysText, parkedEventJson, wholeEvent } from './parked-keys.ts';
import { counted, printDryRun, printJson } from './printing.ts';
import { choiceOf, type Selection } from './selection.ts';
import { withDatabase } from './service-access.ts';

/** More than there can be. */
const EVERY = 1_000_000_000;
const PATIENCE = 2_000;

type Keep = (events: ParkedEvent[]) => void;

/** What is done with a key. */
interface Change {
  did: string;
  /** Prints what would be done, and resolves to the events that would go. */
  foresee(database: Knex, key: ParkedKey): Promise<ParkedEvent[]>;
  /** Resolves to the events that are gone, undefined when the key was left alone. `keep` gets them before they are. */
  act(database: Knex, key: ParkedKey, keep: Keep): Promise<ParkedEvent[] | undefined>;
}

/** `parked redrive` and `dead-letters redrive`. */
export const redriveKeys = (root: string, state: ParkedState, values: Flags): Promise<void> =>
  change(root, state, values, {
    did: 'redriven',
    foresee: async () => [],
    async act(database, key) {
      if (key.group !== OUTGOING) return (await redriveKey(database, key)) ? [] : undefined;
      return (await redriveOutgoing(database, key)) === undefined ? undefined : [];
    },
  });

/** `parked drop` and `dead-letters drop`. */
export const dropKeys = (root: string, state: ParkedState, values: Flags): Promise<void> => {
  const whole = values['with-queue'] ?? false;
  return change(root, state, values, {
    did: 'dropped',
    foresee: (database, key) =>
      key.group === OUTGOING
        ? readOutgoing(database, key, whole)
        : readParkedEvents(database, key, whole ? undefined : 1),
    act(database, key, keep) {
      const drop = { of: key, firstRow: key.firstRow, whole };
      return (key.group === OUTGOING ? dropOutgoingKey : dropParked)(database, drop, keep);
    },
  });
};

async function change(root: string, state: ParkedState, values: Flags, what: Change): Promise<void> {
  const selection = choiceOf(values);
  const limit = limitOf(values, EVERY);
  await withDatabase(root, async (database) => {
    const { keys } = await findParkedKeys(database, { ...selection, state, of: 'first' }, limit);
    if (keys.length === 0) await explainNothing(database, selection, state);
    if (values.yes) await act(database, keys, what, values);
    else await foresee(database, keys, what, values);
  });
}

/** Somebody may name an event that only waits for the first one of its key. */
async function explainNothing(database: Knex, selection: Selection, state: ParkedState): Promise<void> {
  if (selection.id === undefined) return;
  const { keys } = await findParkedKeys(database, { ...selection, state, of: 'any' }, 1);
  if (!keys[0]) return;
  throw new CommandError(
    `event ${selection.id} waits behind ${keys[0].firstId ?? 'another event'}, the first one of ${keyName(keys[0])}; the first one is what can be redriven or dropped: name it with --id, or the key with --key`,
  );
}

async function foresee(database: Knex, keys: ParkedKey[], what: Change, { json }: Flags): Promise<void> {
  const plans = [];
  for (const key of keys) plans.push({ key, events: await what.foresee(database, key) });
  if (json)
    return printJson({ dryRun: true, keys: plans.map((plan) => changeJson(plan, `would be ${what.did}`)) });
  if (keys.length === 0) return console.log('there is no key like that');
  const events = plans.flatMap((plan) => plan.events);
  console.log(keysText(keys));
  for (const event of events) console.log(`\n${eventText(wholeEvent(event))}`);
  const subject = what.did === 'dropped' ? `${counted(events.length, 'event')}, shown above, of ` : '';
  const end = what.did === 'dropped' ? ': gone for good' : '';
  console.log(`\n${subject}${counted(keys.length, 'key')} would be ${what.did}${end}.`);
  printDryRun();
}

async function act(database: Knex, keys: ParkedKey[], what: Change, { json }: Flags): Promise<void> {
  const done: ReturnType<typeof changeJson>[] = [];
  try {
    for (const key of keys) {
      const events = await patiently(key, what.act(database, key, json ? () => {} : printKept));
      done.push(changeJson({ key, events: events ?? [] }, events ? what.did : 'left alone'));
      if (!json) console.log(events ? doneText(key, events, what.did) : leftAlone(key));
    }
  } finally {
    // what was dropped before an error must be seen too
    if (json) printJson({ dryRun: false, keys: done });
  }
  if (!json && keys.length === 0) console.log('there is no key like that');
}

const printKept: Keep = (events) => {
  for (const event of events) console.log(`${eventText(wholeEvent(event))}\n`);
};

const doneText = (key: ParkedKey, events: ParkedEvent[], did: string): string =>
  events.length === 0
    ? `${did}: ${keyName(key)}`
    : `${did}: ${counted(events.length, 'event')} of ${keyName(key)}, shown above; gone for good`;

const leftAlone = (key: ParkedKey): string =>
  `left alone: ${keyName(key)}, which went on meanwhile; look again with list`;

const changeJson = ({ key, events }: { key: ParkedKey; events: ParkedEvent[] }, outcome: string) => ({
  ...keyJson(key),
  outcome,
  dropped: events.map(parkedEventJson),
});

/** Says what it waits for when that takes long. */
async function patiently<T>(key: ParkedKey, work: Promise<T>): Promise<T> {
  const notice = setTimeout(
    () => console.error(`waiting for ${keyName(key)}, which is being tried`),
    PATIENCE,
  );
  try {
    return await work;
  } finally {
    clearTimeout(notice);
  }
}
