import type { Knex } from 'knex';
import {
  findHandled,
  forgetHandled,
  type HandledEventRow,
  type HandledFilter,
} from '../events/operations/inbox.ts';
import { ageOf } from './input/age.ts';
import { CommandError } from './input/command.ts';
import { limitOf, type FlagName, type Flags } from './input/flags.ts';
import { printChange } from './output/json-printer.ts';
import { counted, printDryRun, printJson, printMore } from './output/printing.ts';
import { choiceOf, nothingText, selectionOf, type Selection } from './input/selection.ts';
import { withDatabase } from './input/service-access.ts';
import { skip } from './inbox-skip.ts';
import { commandOf } from './input/subcommands.ts';
import { tableText, type Column } from './output/table.ts';
import { print, printableValue } from '../logging/terminal.ts';

const LIMIT = 100;
const selectors: readonly FlagName[] = ['id', 'source', 'topic', 'group', 'older-than'];
const columns: Column[] = [
  { title: 'GROUP' },
  { title: 'TOPIC' },
  { title: 'SOURCE' },
  { title: 'ID' },
  { title: 'HANDLED' },
  { title: 'AGE', right: true },
];

/** The events that consumer groups have handled. */
export const inboxCommand = commandOf(
  'shows handled events, forgets them, or skips an event',
  {
    list: {
      summary: 'one row per event, last handled first',
      flags: [...selectors, 'all', 'limit', 'json'],
      run: (values, root) => withDatabase(root, (database) => list(database, values)),
    },
    show: {
      summary: 'the same in full; the events themselves are only in Kafka',
      flags: [...selectors, 'all', 'limit', 'json'],
      run: (values, root) => withDatabase(root, (database) => show(database, values)),
    },
    redrive: {
      summary: 'is not needed: use replay to handle events again',
      flags: [...selectors, 'all', 'limit', 'yes', 'json'],
      run: redrive,
    },
    drop: {
      summary: 'forgets events: if Kafka delivers one again, it is handled again',
      flags: [...selectors, 'all', 'limit', 'yes', 'json'],
      run: (values, root) => drop(root, values),
    },
    skip: {
      summary: 'moves the group past the event at its position',
      words: ['TOPIC', 'PARTITION', 'OFFSET'],
      flags: ['reason', 'through', 'group', 'yes', 'json'],
      run: skip,
    },
  },
  { 'older-than': 'events handled longer ago: 90s, 10m, 2h, 3d' },
);

const noHandledText = (values: Flags): string =>
  nothingText(
    values,
    'The inbox has no handled event.',
    'No handled event matches these flags, or the inbox has forgotten it.',
  );

const filterOf = ({ group, topic, source, id, olderThan }: Selection): HandledFilter => ({
  ...{ group, topic, source, id, olderThan },
});

async function list(database: Knex, values: Flags): Promise<void> {
  const { events, more } = await find(database, values);
  if (values.json) return printJson({ events: events.map(handledJson), more });
  print(events.length === 0 ? noHandledText(values) : handledText(events));
  printMore(more);
}

async function show(database: Knex, values: Flags): Promise<void> {
  const { events, more } = await find(database, values);
  if (values.json) return printJson({ events: events.map(handledJson), more });
  const texts = events.map(({ group, topic, source, id, receivedAt }) =>
    [
      printableValue(`${id} of ${source}`),
      printableValue(`  topic    ${topic}`),
      printableValue(`  group    ${group}`),
      `  handled  ${receivedAt.toISOString()}, ${ageOf(receivedAt)} ago`,
    ].join('\n'),
  );
  print(texts.join('\n\n') || noHandledText(values));
  printMore(more);
}

const find = (database: Knex, values: Flags) =>
  findHandled(database, filterOf(selectionOf(values)), limitOf(values, LIMIT));

async function redrive(): Promise<void> {
  throw new CommandError(
    'the inbox contains only handled events; use replay TOPIC --from TIME --forget to handle events again. Waiting events: npx microservice-runtime parked list, and dead-letters list',
  );
}

async function drop(root: string, values: Flags): Promise<void> {
  const filter = filterOf(choiceOf(values));
  const limit = limitOf(values, Infinity);
  await withDatabase(root, (database) =>
    values.yes
      ? (values.json ? forgetInJson : forget)(database, filter, limit)
      : foresee(database, filter, limit, values),
  );
}

async function foresee(database: Knex, filter: HandledFilter, limit: number, values: Flags): Promise<void> {
  const shown = Math.min(limit, LIMIT);
  const { events, more: beyond } = await findHandled(database, filter, shown);
  const more = Math.min(beyond, limit - shown);
  if (values.json) return printJson({ dryRun: true, events: events.map(handledJson), more });
  if (events.length === 0) return print(noHandledText(values));
  print(handledText(events));
  const others = more > 0 ? ', the latest of which are shown above,' : ', shown above,';
  print(`\n${counted(events.length + more, 'event')}${others} would be forgotten, ${again}.`);
  printDryRun();
}

const again = 'and handled again if Kafka delivers them again';

async function forget(database: Knex, filter: HandledFilter, limit: number): Promise<void> {
  const count = await forgetHandled(database, filter, limit, () => {});
  print(`${counted(count, 'event')} forgotten${count > 0 ? `, ${again}` : ''}`);
}

/** Prints every forgotten event. */
const forgetInJson = (database: Knex, filter: HandledFilter, limit: number): Promise<void> =>
  printChange('events', async (json) => {
    await forgetHandled(database, filter, limit, (events) => {
      for (const event of events) json.item(handledJson(event));
    });
  });

const handledText = (events: readonly HandledEventRow[]): string =>
  tableText(
    columns,
    events.map(({ group, topic, source, id, receivedAt }) => [
      ...[group, topic, source, id],
      ...[receivedAt.toISOString(), ageOf(receivedAt)],
    ]),
  );

const handledJson = ({ receivedAt, ...event }: HandledEventRow) => ({
  ...event,
  handledAt: receivedAt.toISOString(),
});
