import type { Knex } from 'knex';
import {
  findParkedKeys,
  type ParkedEventRow,
  type ParkedKeyRow,
  type ParkedState,
} from '../events/operations/parked.ts';
import type { Excerpt } from '../events/operations/filter.ts';
import { CommandError } from './input/command.ts';
import { ANSWER_BYTES, bytesOf, eventText } from './output/event-text.ts';
import { limitOf, type Flags } from './input/flags.ts';
import { keyJson, keyName, keysText, noKeyText, parkedEventJson, wholeEvent } from './parked-keys.ts';
import { printChange, type JsonPrinter } from './output/json-printer.ts';
import { counted, printCopy, printDryRun, printJson } from './output/printing.ts';
import { createShownEvents, SHOWN, shownText } from './output/shown-events.ts';
import { choiceOf, type Selection } from './input/selection.ts';
import { withDatabase } from './input/service-access.ts';
import { print, printError } from '../logging/terminal.ts';

/** More events than there can be. */
const EVERY = 1_000_000_000;
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
   * Runs the operation, and resolves to the number of removed events. `keep` receives them first, or only those of the
   * excerpt. Undefined means that the key was not changed.
   */
  act(database: Knex, key: ParkedKeyRow, keep: Keep, excerpt?: Excerpt): Promise<number | undefined>;
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
    if (keys.length === 0 && !values.json) return print(noKeyText(state, values));
    if (!values.yes) return foresee(database, keys, change, values);
    await (values.json ? actInJson : act)(database, keys, change);
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
  const events = total > 0 ? `${counted(total, 'event')}, ${shownText(total, shown)}, of ` : '';
  print(
    `\n${events}${counted(keys.length, 'key')} would be ${change.did}${total > 0 ? ' permanently' : ''}.`,
  );
  if (shown < total) printCopy();
  printDryRun();
}

async function act(database: Knex, keys: ParkedKeyRow[], change: KeyChange): Promise<void> {
  const shown = createShownEvents();
  for (const key of keys) {
    const before = shown.count();
    const keep: Keep = (events) =>
      shown.show(events.map((event) => ({ text: eventText(wholeEvent(event)), bytes: event.bytes })));
    const count = await patiently(key, change.act(database, key, keep, shown.room()));
    print(count === undefined ? leftAlone(key) : doneText(key, count, shown.count() - before, change.did));
  }
}

const doneText = (key: ParkedKeyRow, count: number, shown: number, did: string): string =>
  count === 0
    ? `${did}: ${keyName(key)}`
    : `${did}: ${counted(count, 'event')} of ${keyName(key)}, ${shownText(count, shown)}; deleted permanently`;

/** Prints every deleted event. */
const actInJson = (database: Knex, keys: ParkedKeyRow[], change: KeyChange): Promise<void> =>
  printChange('keys', async (json) => {
    for (const key of keys) await actOnKeyInJson(database, key, change, json);
  });

async function actOnKeyInJson(
  database: Knex,
  key: ParkedKeyRow,
  change: KeyChange,
  json: JsonPrinter,
): Promise<void> {
  let done = { outcome: 'failed', droppedCount: 0 };
  json.open('{');
  json.members(keyJson(key));
  json.open('[', 'dropped');
  const keep: Keep = (events) => events.forEach((event) => json.item(parkedEventJson(event)));
  try {
    const count = await patiently(key, change.act(database, key, keep));
    done = { outcome: count === undefined ? 'left alone' : change.did, droppedCount: count ?? 0 };
  } finally {
    json.close();
    json.members(done);
    json.close();
  }
}

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
