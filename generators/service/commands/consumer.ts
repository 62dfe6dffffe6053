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
import { withParticipants } from './saga/participants.ts';
import { isFollowed } from './projection/removal.ts';

const example = 'consumer payment.processed --handler';

/** The ways to handle an event. */
const ways = [
  { flag: 'handler', by: 'handler', choice: 'a handler, to fill in' },
  { flag: 'copy', by: undefined, choice: 'a copy of the data, with a table and routes' },
  { flag: 'replies', by: 'replies', choice: 'an answer to the request of a saga' },
] as const;
type Way = (typeof ways)[number];

export const consumer: Command = {
  name: 'consumer',
  words: '<event> [<event> ...]',
  mostWords: Infinity,
  description: 'an event of another service: a handler to fill in, a copy of its data, or replies to a saga',
  flags: [
    { name: 'handler', help: 'a handler for you to fill in, with its test' },
    { name: 'copy', help: 'a copy of the data, with a table, routes and tests' },
    { name: 'replies', help: 'replies to the requests of a saga, with a default that works, and its test' },
    ...serviceOptions.filter(({ name }) => name === 'contract'),
  ],
  examples: [
    [example, 'adds a handler of the event "payment.processed"'],
    ['consumer user.created user.updated user.deleted --copy', 'keeps a copy of each user'],
    ['consumer order.payment-requested --replies', 'does the step "payment" of a saga of another service'],
    ['consumer user.created', 'reads the contract of a consumed event again, such as a new field'],
  ],
  parts: {
    namesIn: ({ consumes, participants }) => [
      ...consumes.filter(({ by }) => by !== 'projection').map(({ type }) => type),
      ...participants.map(({ request }) => request),
    ],
    without: (answers, type, { notes }) => {
      const participants = answers.participants.filter(({ request }) => request !== type);
      if (participants.length < answers.participants.length) {
        notes.push('The table "saga_requests" and its migration stay.');
        return { ...answers, participants };
      }
      const consumes = isFollowed(answers.projections, type)
        ? answers.consumes.map((event) =>
            event.type === type ? { ...event, by: 'projection' as const } : event,
          )
        : answers.consumes.filter((event) => event.type !== type);
      notes.push(...leftTables(answers.consumes, consumes));
      return { ...answers, consumes };
    },
  },
  async change(answers, call) {
    const selected = await selectedEvents(answers, call);
    const types = selected.map(({ type }) => type);
    const before = answers.consumes.filter(({ type }) => types.includes(type));
    const present = [...before, ...answers.participants.filter(({ request }) => types.includes(request))];
    const isAgain = present.length === selected.length && !ways.some(({ flag }) => isGiven(call, flag));
    const way = isAgain ? undefined : await wayOf(call);
    if (way) refuseOtherWay(answers, selected, way);
    const requests = types.filter(
      (type) => way?.by === 'replies' || (isAgain && before.every((event) => event.type !== type)),
    );
    const changed = requests.length > 0 ? await withParticipants(answers, requests, call) : answers;
    const consumed = selected.filter(({ type }) => !requests.includes(type));
    if (consumed.length === 0) return changed;
    const events = way?.by === 'handler' ? consumed.map((event) => ({ ...event, by: way.by })) : consumed;
    const others = answers.consumes.filter(
      ({ by, type }) => !(way && by === 'projection' && events.some((event) => event.type === type)),
    );
    return {
      ...changed,
      consumes: addEvents(others, events, await call.context.publishedEvents()),
    };
  },
};

async function selectedEvents(
  { consumes, participants }: ServiceAnswers,
  { words, ask, context }: CommandCall,
) {
  const published = await context.publishedEvents();
  if (words.length > 0) return selectEvents([...words], published);
  const handled = [...consumes.map(({ type }) => type), ...participants.map(({ request }) => request)];
  const open = published.filter(({ type }) => !handled.includes(type));
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
  if (given.length > 1)
    throw new UsageError('--handler, --copy and --replies exclude each other; give one of them');
  const [way] = given;
  if (way) return way;
  if (call.yes) return ways[0];
  if (!call.ask)
    throw new UsageError('the command needs the way to handle the event; add --handler, --copy or --replies');
  return call.ask.choose({
    message: 'How does the service handle it?',
    choices: ways.map((each) => ({ name: each.choice, value: each })),
  });
}

/** The present way of a service to handle an event, for a sentence. */
const presentWay = { handler: 'by a handler', replies: 'with replies to a saga', copy: 'as a copy' };

function refuseOtherWay(
  { consumes, participants }: ServiceAnswers,
  selected: ConsumedEvent[],
  { by }: Way,
): void {
  const present = [
    ...consumes.flatMap(({ type, by }) => (by === 'projection' ? [] : [{ type, by }])),
    ...participants.map(({ request }) => ({ type: request, by: 'replies' as const })),
  ];
  const other = present.find((each) => each.by !== by && selected.some(({ type }) => type === each.type));
  if (!other) return;
  throw new UsageError(
    `the service handles "${other.type}" ${presentWay[other.by ?? 'copy']} already; first write ${spelledCall(`remove consumer ${other.type}`)}`,
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
