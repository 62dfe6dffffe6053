import type { Knex } from 'knex';
import {
  dropWaiting,
  findWaiting,
  readWaiting,
  type WaitingEvent,
  type WaitingFilter,
  type WholeWaitingEvent,
} from '../events/operations/outbox.ts';
import { ageOf } from './input/age.ts';
import { CommandError } from './input/command.ts';
import { eventJson, eventText, valueBytes, type WholeEvent } from './output/event-text.ts';
import { limitOf, type FlagName, type Flags } from './input/flags.ts';
import { printChange } from './output/json-printer.ts';
import { counted, printCopy, printDryRun, printJson, printMore } from './output/printing.ts';
import { createShownEvents, shownText } from './output/shown-events.ts';
import { choiceOf, nothingText, selectionOf, type Selection } from './input/selection.ts';
import { withDatabase } from './input/service-access.ts';
import { commandOf } from './input/subcommands.ts';
import { tableText, type Column } from './output/table.ts';
import { print, printableValue } from '../logging/terminal.ts';

const LIMIT = 100;
const selectors: readonly FlagName[] = ['id', 'key', 'type', 'topic', 'older-than'];
const columns: Column[] = [
  { title: 'TOPIC' },
  { title: 'KEY' },
  { title: 'TYPE' },
  { title: 'ID' },
  { title: 'AGE', right: true },
  { title: 'BYTES', right: true },
  { title: 'LANE', right: true },
];

/** The events that are saved but not sent yet. */
export const outboxCommand = commandOf('shows events that are saved but not in Kafka yet, or drops them', {
  list: {
    summary: 'one row per event, oldest first',
    flags: [...selectors, 'all', 'limit', 'json'],
    run: (values, root) => withDatabase(root, (database) => list(database, values)),
  },
  show: {
    summary: 'the events with headers and value',
    flags: [...selectors, 'all', 'limit', 'json'],
    run: (values, root) => withDatabase(root, (database) => show(database, values)),
  },
  redrive: {
    summary: 'is not needed: the relay of the service sends events automatically',
    flags: [...selectors, 'all', 'limit', 'yes', 'json'],
    run: redrive,
  },
  drop: {
    summary: 'deletes waiting events permanently',
    flags: [...selectors, 'all', 'limit', 'yes', 'json'],
    run: (values, root) => drop(root, values),
  },
});

const noEventText = (values: Flags): string =>
  nothingText(values, 'No event waits in the outbox.', 'No event in the outbox matches these flags.');

function filterOf({ topic, key, id, type, olderThan }: Selection): WaitingFilter {
  return { topic, key, id, type, olderThan };
}

async function list(database: Knex, values: Flags): Promise<void> {
  const { events, more } = await findWaiting(database, filterOf(selectionOf(values)), limitOf(values, LIMIT));
  if (values.json) {
    return printJson({ events: events.map(rowJson), more });
  }
  const rows = events.map(({ topic, key, type, id, createdAt, bytes, lane }) => [
    ...[topic, key, type ?? '-', id ?? '-'],
    ...[ageOf(createdAt), String(bytes), String(lane)],
  ]);
  print(rows.length === 0 ? noEventText(values) : tableText(columns, rows));
  printMore(more);
}

async function show(database: Knex, values: Flags): Promise<void> {
  const filter = filterOf(selectionOf(values));
  const limit = limitOf(values, LIMIT);
  const events = await readWaiting(database, filter, limit, valueBytes(limit));
  const { more } = await findWaiting(database, filter, limit);
  if (values.json) return printJson({ events: events.map(waitingJson), more });
  print(events.map(waitingText).join('\n\n') || noEventText(values));
  printMore(more);
}

async function redrive(): Promise<void> {
  throw new CommandError(
    'events in the outbox need no redrive: a running service sends them as soon as Kafka accepts them. npx microservice-runtime dead-letters list shows the events that Kafka refused',
  );
}

async function drop(root: string, values: Flags): Promise<void> {
  const filter = filterOf(choiceOf(values));
  const limit = limitOf(values, Infinity);
  await withDatabase(root, (database) =>
    values.yes
      ? (values.json ? dropInJson : dropNow)(database, filter, limit)
      : foresee(database, filter, limit, values),
  );
}

async function foresee(database: Knex, filter: WaitingFilter, limit: number, values: Flags): Promise<void> {
  const shown = Math.min(limit, LIMIT);
  const events = await readWaiting(database, filter, shown, valueBytes(shown));
  const { more: beyond } = await findWaiting(database, filter, shown);
  const more = Math.min(beyond, limit - shown);
  if (values.json) return printJson({ dryRun: true, events: events.map(waitingJson), more });
  if (events.length === 0) return print(noEventText(values));
  print(events.map(waitingText).join('\n\n'));
  const others = more > 0 ? `, the oldest of which are shown above,` : ', shown above,';
  print(
    `\n${counted(events.length + more, 'event')}${others} would be deleted permanently and never published.`,
  );
  if (more > 0) printCopy();
  printDryRun();
}

async function dropNow(database: Knex, filter: WaitingFilter, limit: number): Promise<void> {
  const shown = createShownEvents();
  const keep = (events: WholeWaitingEvent[]): void =>
    shown.show(events.map((event) => ({ text: waitingText(event), bytes: event.bytes })));
  const count = await dropWaiting(database, filter, limit, keep, shown.room());
  const fate = `${shownText(count, shown.count())}; deleted permanently, unless a relay was already sending them`;
  print(`${counted(count, 'event')} dropped${count > 0 ? `, ${fate}` : ''}`);
}

/** Prints every deleted event. */
const dropInJson = (database: Knex, filter: WaitingFilter, limit: number): Promise<void> =>
  printChange('events', async (json) => {
    await dropWaiting(database, filter, limit, (events) => {
      for (const event of events) json.item(waitingJson(event));
    });
  });

const rowJson = ({ topic, key, source, id, type, createdAt, bytes, lane }: WaitingEvent) => ({
  ...{ topic, key, source, id, type },
  ...{ createdAt: createdAt.toISOString(), bytes, lane },
});

const wholeWaitingEvent = (event: WholeWaitingEvent): WholeEvent => ({
  ...event,
  value: event.value === null ? null : Buffer.from(event.value),
  time: event.createdAt,
});

const waitingText = (event: WholeWaitingEvent): string =>
  `${eventText(wholeWaitingEvent(event))}\n  topic    ${printableValue(event.topic)}, lane ${event.lane}`;

const waitingJson = (event: WholeWaitingEvent) => ({
  direction: 'outbox',
  ...eventJson(wholeWaitingEvent(event)),
  lane: event.lane,
  createdAt: event.createdAt.toISOString(),
});
