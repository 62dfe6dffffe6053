import type { Knex } from 'knex';
import {
  findParkedKeys,
  type ParkedEventRow,
  type ParkedKeyRow,
  type ParkedState,
} from '../events/operations/parked.ts';
import { CommandError } from './input/command.ts';
import { ANSWER_BYTES, bytesOf, eventText } from './output/event-text.ts';
import { limitOf, type Flags } from './input/flags.ts';
import { keyJson, keyName, keysText, parkedEventJson, wholeEvent } from './parked-keys.ts';
import { counted, printDryRun, printJson } from './output/printing.ts';
import { choiceOf, type Selection } from './input/selection.ts';
import { withDatabase } from './input/service-access.ts';
import { print, printError } from '../logging/terminal.ts';

/** More events than there can be. */
const EVERY = 1_000_000_000;
/** The number of events in a dry run. */
const SHOWN = 100;
const PATIENCE = 2_000;

type Keep = (events: ParkedEventRow[]) => void;

/** An operation on a key. */
export interface KeyChange {
  did: string;
  /** Returns the number of events to remove. */
  count(database: Knex, key: ParkedKeyRow): Promise<number>;
  /** Returns these events, at most `limit`, with at most `most` bytes of values together. */
  read(database: Knex, key: ParkedKeyRow, limit: number, most: number): Promise<ParkedEventRow[]>;
  /**
   * Runs the operation, and resolves to the number of removed events, which `keep` receives first. Undefined means that the
   * key was not changed.
   */
  act(database: Knex, key: ParkedKeyRow, keep: Keep): Promise<number | undefined>;
}

/**
 * Runs the operation on the keys that the flags select, each in its own transaction; without --yes, only prints what would
 * change.
 */
export async function changeKeys(
  root: string,
  state: ParkedState,
  values: Flags,
  change: KeyChange,
): Promise<void> {
  const selection = choiceOf(values);
  const limit = limitOf(values, EVERY);
  await withDatabase(root, async (database) => {
    const { keys } = await findParkedKeys(database, { ...selection, state, of: 'first' }, limit);
    if (keys.length === 0) await explainNothing(database, selection, state);
    if (keys.length === 0 && !values.json) return print('no key matches');
    await (values.yes ? act : foresee)(database, keys, change, values);
  });
}

/** The flags may name an event that only waits for the first event of its key. */
async function explainNothing(database: Knex, selection: Selection, state: ParkedState): Promise<void> {
  if (selection.id === undefined) return;
  const { keys } = await findParkedKeys(database, { ...selection, state, of: 'any' }, 1);
  if (!keys[0]) return;
  throw new CommandError(
    `event ${selection.id} waits behind ${keys[0].firstId ?? 'another event'}, the first event of ${keyName(keys[0])}. Only the first event can be redriven or dropped: select it with --id, or its key with --key`,
  );
}

async function foresee(
  database: Knex,
  keys: ParkedKeyRow[],
  change: KeyChange,
  { json }: Flags,
): Promise<void> {
  const plans: KeyOutcome[] = [];
  let shown = 0;
  let most = ANSWER_BYTES;
  for (const key of keys) {
    const count = await change.count(database, key);
    const events = shown < SHOWN ? await change.read(database, key, SHOWN - shown, most) : [];
    shown += events.length;
    most -= bytesOf(events);
    plans.push({ key, count, events, outcome: `would be ${change.did}` });
  }
  if (json) return printJson({ dryRun: true, keys: plans.map(changeJson) });
  print(keysText(keys));
  for (const event of plans.flatMap(({ events }) => events)) print(`\n${eventText(wholeEvent(event))}`);
  const total = plans.reduce((sum, { count }) => sum + count, 0);
  const which = shown < total ? `the first ${shown} shown above` : 'shown above';
  const events = total > 0 ? `${counted(total, 'event')}, ${which}, of ` : '';
  print(
    `\n${events}${counted(keys.length, 'key')} would be ${change.did}${total > 0 ? ' permanently' : ''}.`,
  );
  printDryRun();
}

async function act(database: Knex, keys: ParkedKeyRow[], change: KeyChange, { json }: Flags): Promise<void> {
  const done: KeyOutcome[] = [];
  try {
    for (const key of keys) {
      const outcome: KeyOutcome = { key, events: [], count: 0, outcome: 'failed' };
      done.push(outcome);
      const keep: Keep = json ? (events) => void outcome.events.push(...events) : printKept;
      const count = await patiently(key, change.act(database, key, keep));
      Object.assign(outcome, { count: count ?? 0, outcome: count === undefined ? 'left alone' : change.did });
      if (!json) print(count === undefined ? leftAlone(key) : doneText(key, count, change.did));
    }
  } finally {
    // events dropped before an error must be printed too
    if (json) printJson({ dryRun: false, keys: done.map(changeJson) });
  }
}

const printKept: Keep = (events) => {
  for (const event of events) print(`${eventText(wholeEvent(event))}\n`);
};

const doneText = (key: ParkedKeyRow, count: number, did: string): string =>
  count === 0
    ? `${did}: ${keyName(key)}`
    : `${did}: ${counted(count, 'event')} of ${keyName(key)}, shown above; deleted permanently`;

const leftAlone = (key: ParkedKeyRow): string =>
  `not changed: ${keyName(key)}, which has changed in the meantime; run list again`;

/** The result for a key, or the expected result in a dry run. */
interface KeyOutcome {
  key: ParkedKeyRow;
  events: ParkedEventRow[];
  count: number;
  outcome: string;
}

const changeJson = ({ key, events, count, outcome }: KeyOutcome) => ({
  ...keyJson(key),
  outcome,
  droppedCount: count,
  dropped: events.map(parkedEventJson),
});

/** Prints the reason for the wait if the work takes long. */
async function patiently<T>(key: ParkedKeyRow, work: Promise<T>): Promise<T> {
  const notice = setTimeout(
    () => printError(`waiting for ${keyName(key)}, which a service is retrying now`),
    PATIENCE,
  );
  try {
    return await work;
  } finally {
    clearTimeout(notice);
  }
}
