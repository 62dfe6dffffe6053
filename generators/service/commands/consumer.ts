import { UsageError } from '../../core/usage-error.ts';
import type { Ask } from '../../questions/question.ts';
import { addEvents } from '../consumes-question.ts';
import { offered, selectEvents } from '../contracts/consumed-events.ts';
import type { ConsumedEvent, ServiceAnswers } from '../model/answers.ts';
import { copiesOf } from '../model/view.ts';
import { serviceOptions } from '../questions.ts';
import type { Command, CommandCall } from './call/command.ts';
import { isGiven } from './call/given.ts';
import { missing, spelledCall } from './call/spelling.ts';

const example = 'consumer payment.processed --handler';

/** The ways to handle an event. */
const ways = [
  { flag: 'handler', by: 'handler', choice: 'a handler, to fill in' },
  { flag: 'copy', by: undefined, choice: 'a copy of the data, with a table and routes' },
] as const;
type Way = (typeof ways)[number];

export const consumer: Command = {
  name: 'consumer',
  words: '<event> [<event> ...]',
  mostWords: Infinity,
  description: 'an event of another service: a handler to fill in, or a copy of its data',
  flags: [
    { name: 'handler', help: 'a handler for you to fill in, with its test' },
    { name: 'copy', help: 'a copy of the data, with a table, routes and tests' },
    ...serviceOptions.filter(({ name }) => name === 'contract'),
  ],
  examples: [
    [example, 'adds a handler of the event "payment.processed"'],
    ['consumer user.created user.updated user.deleted --copy', 'keeps a copy of each user'],
    ['consumer user.created', 'reads the contract of a consumed event again, such as a new field'],
  ],
  parts: {
    namesIn: ({ consumes }) => consumes.map(({ type }) => type),
    without: (answers, type, { notes }) => {
      const consumes = answers.consumes.filter((event) => event.type !== type);
      notes.push(...leftTables(answers.consumes, consumes));
      return { ...answers, consumes };
    },
  },
  async change(answers, call) {
    const selected = await selectedEvents(answers, call);
    const published = await call.context.publishedEvents();
    const before = answers.consumes.filter(({ type }) => selected.some((event) => event.type === type));
    const isAgain = before.length === selected.length && !ways.some(({ flag }) => isGiven(call, flag));
    const way = isAgain ? undefined : await wayOf(call);
    if (way) refuseOtherWay(before, way);
    const events = way?.by ? selected.map((event) => ({ ...event, by: way.by })) : selected;
    return { ...answers, consumes: addEvents(answers.consumes, events, published) };
  },
};

async function selectedEvents({ consumes }: ServiceAnswers, { words, ask, context }: CommandCall) {
  const published = await context.publishedEvents();
  if (words.length > 0) return selectEvents([...words], published);
  const open = published.filter(({ type }) => consumes.every((event) => event.type !== type));
  if (ask && open.length > 0) return askEvents(open, ask);
  throw missing('the consumer needs an event', example);
}

async function askEvents(open: ConsumedEvent[], ask: Ask): Promise<ConsumedEvent[]> {
  const choices = open.map((event) => ({ name: offered(event), value: event }));
  const chosen = await ask.chooseSome({ message: 'Which events of other services?', choices });
  if (chosen.length === 0) throw new UsageError('no event is chosen; nothing was written');
  return chosen;
}

async function wayOf(call: CommandCall): Promise<Way> {
  const given = ways.filter(({ flag }) => isGiven(call, flag));
  if (given.length > 1) throw new UsageError('--handler and --copy exclude each other');
  const [way] = given;
  if (way) return way;
  if (call.yes) return ways[0];
  if (!call.ask)
    throw new UsageError('the command needs the way to handle the event; add --handler or --copy');
  return call.ask.choose({
    message: 'How does the service handle it?',
    choices: ways.map((each) => ({ name: each.choice, value: each })),
  });
}

function refuseOtherWay(before: ConsumedEvent[], { by }: Way): void {
  const other = before.find((event) => event.by !== by);
  if (!other) return;
  const present = other.by === 'handler' ? 'by a handler' : 'as a copy';
  throw new UsageError(
    `the service handles "${other.type}" ${present} already; first write ${spelledCall(`remove consumer ${other.type}`)}`,
  );
}

const leftTables = (before: ConsumedEvent[], after: ConsumedEvent[]): string[] => {
  const kept = copiesOf(after).map(({ table }) => table);
  return copiesOf(before)
    .filter(({ table }) => !kept.includes(table))
    .map(
      ({ table }) =>
        `The table "${table}" and its migrations stay. Drop the table in your own migration once no running release uses it.`,
    );
};
