import type { Knex } from 'knex';
import {
  findParkedKeys,
  readParkedEvents,
  type ParkedFilter,
  type ParkedState,
} from '../events/operations/parked.ts';
import type { Command } from './input/command.ts';
import { bytesOf, valueBytes } from './output/event-text.ts';
import { limitOf, type FlagName, type Flags } from './input/flags.ts';
import { dropKeys, redriveKeys } from './parked-changes.ts';
import { keyJson, keysText, keyText, noKeyText, parkedEventJson } from './parked-keys.ts';
import { counted, printJson, printMore } from './output/printing.ts';
import { selectionOf } from './input/selection.ts';
import { withDatabase } from './input/service-access.ts';
import { commandOf } from './input/subcommands.ts';
import { print } from '../logging/terminal.ts';

const LIMIT = 100;
const selectors: readonly FlagName[] = ['id', 'key', 'type', 'topic', 'group', 'older-than'];

/** The keys that are retried automatically. */
export const parkedCommand = createParkedCommand('parked', {
  summary: 'shows keys whose first event fails and is retried; retries them now, or drops events',
  redrive: 'retries the keys now, and resets their number of tries',
});

/** The keys that wait for an operator, of incoming and of outgoing events. */
export const deadLettersCommand = createParkedCommand('dead', {
  summary: 'shows keys whose first event is a dead letter; retries them, or drops events',
  redrive: 'retries the keys, or sends their events again if Kafka refused them',
});

function createParkedCommand(state: ParkedState, texts: { summary: string; redrive: string }): Command {
  return commandOf(
    texts.summary,
    {
      list: {
        summary: 'one row per key, oldest first',
        flags: [...selectors, 'all', 'limit', 'json'],
        run: (values, root) => withDatabase(root, (database) => list(database, state, values)),
      },
      show: {
        summary: 'the events of the keys, with headers and value',
        flags: [...selectors, 'all', 'limit', 'json'],
        run: (values, root) => withDatabase(root, (database) => show(database, state, values)),
      },
      redrive: {
        summary: texts.redrive,
        flags: [...selectors, 'all', 'limit', 'yes', 'json'],
        run: (values, root) => redriveKeys(root, state, values),
      },
      drop: {
        summary: 'deletes the first event of a key permanently, and retries the next one',
        flags: [...selectors, 'all', 'with-queue', 'limit', 'yes', 'json'],
        run: (values, root) => dropKeys(root, state, values),
      },
    },
    {
      id: 'keys with this event; for redrive and drop it must be the first event',
      type: 'keys with an event of this type; for redrive and drop it must be the first event',
      key: 'this key',
      topic: 'keys of this topic',
      group: `keys of this consumer group${state === 'dead' ? '; outbox: outgoing events' : ''}`,
      'older-than': 'keys parked for longer: 90s, 10m, 2h, 3d',
      all: 'every key',
    },
  );
}

const filterOf = (values: Flags, state: ParkedState): ParkedFilter => {
  return { ...selectionOf(values), state, of: 'any' };
};

async function list(database: Knex, state: ParkedState, values: Flags): Promise<void> {
  const { keys, total } = await findParkedKeys(database, filterOf(values, state), limitOf(values, LIMIT));
  const more = total - keys.length;
  if (values.json) return printJson({ keys: keys.map(keyJson), more });
  print(keys.length === 0 ? noKeyText(state, values) : keysText(keys));
  printMore(more);
}

async function show(database: Knex, state: ParkedState, values: Flags): Promise<void> {
  const limit = limitOf(values, LIMIT);
  const { keys, total } = await findParkedKeys(database, filterOf(values, state), limit);
  let left = limit;
  let most = valueBytes(limit);
  const shown = [];
  for (const key of keys) {
    if (left <= 0) break;
    const events = await readParkedEvents(database, key, left, { ...(most !== undefined && { most }) });
    left -= Math.max(1, events.length);
    if (most !== undefined) most -= bytesOf(events);
    shown.push({ key, events });
  }
  const more = total - shown.length;
  if (values.json) {
    const documents = shown.map(({ key, events }) => ({
      ...keyJson(key),
      queue: events.map(parkedEventJson),
    }));
    return printJson({ keys: documents, more });
  }
  const texts = shown.map(({ key, events }) => keyText(key, events));
  print(texts.join('\n\n') || noKeyText(state, values));
  if (more > 0) print(`\nand ${counted(more, 'key')} more; --limit shows more events`);
}
