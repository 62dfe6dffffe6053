import type { Question } from '../questions/question.ts';
import { UsageError } from '../core/usage-error.ts';
import type { ConsumedEvent, ServiceAnswers } from './model/answers.ts';
import { offered, selectEvents } from './contracts/consumed-events.ts';
import { withOlderVersions } from './contracts/older-versions.ts';
import { eventNamesFault, eventTypeFault } from './contracts/event-name-rules.ts';
import { kebabFault } from '../outside/kebab-case.ts';
import { added, refuseRemoval } from './later-answers.ts';
import { collisionFault } from './model/name-rules.ts';
import type { ServiceContext } from './service-context.ts';
import { tablesFault } from './model/table-rules.ts';
import { topicsFault } from './contracts/topic-rules.ts';
import { copiesOf, resourcesOf } from './model/view.ts';

/** Asks for the consumed events, and offers the events in the contracts of the siblings. */
export const consumesQuestion: Question<ServiceAnswers, ServiceContext, 'consumes'> = {
  name: 'consumes',
  flags: [
    {
      name: 'consumes',
      value: '<event>',
      help: 'an event of another service, such as user.created; separate several with commas',
      no: 'no event',
      many: true,
    },
  ],
  defaultHelp: 'none',
  async read(given, _, context, before = []) {
    if (given.at(-1)?.value === false) {
      refuseRemoval(
        'consumes',
        'consumes',
        before.map(({ type }) => type),
      );
      return [];
    }
    const names = given.flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
    const published = await context.publishedEvents();
    return addEvents(before, selectEvents(names, published), published);
  },
  default: (_, { contractFiles }) => (contractFiles.length > 0 ? unnamed(contractFiles) : []),
  check: (consumes, known) => consumesFault(consumes, known),
  async settle(consumes, context, { before = [] }) {
    if (consumes.length === 0) return consumes;
    const published = await context.publishedEvents();
    const known = missedNotes(before, published);
    context.notes.push(...missedNotes(consumes, published).filter((note) => !known.includes(note)));
    return consumes;
  },
  async ask(ask, _, context) {
    const published = await context.publishedEvents();
    if (published.length === 0) return [];
    const chosen = await ask.chooseSome({
      message: 'Which events of other services does it handle?',
      choices: published.map((event) => ({ name: offered(event), value: event })),
    });
    return addEvents([], chosen, published);
  },
};

/**
 * Adds events to those of the earlier run. An event that was consumed already is read again, and still handled in the same way.
 * @param published the events in the contracts, with their older versions
 */
export const addEvents = (
  before: ConsumedEvent[],
  selected: ConsumedEvent[],
  published: readonly ConsumedEvent[],
): ConsumedEvent[] =>
  added(
    before,
    selected.map((event) => {
      const earlier = before.find(({ type }) => type === event.type);
      const read = withOlderVersions(event, earlier, published);
      return earlier?.by === undefined ? read : { ...read, by: earlier.by };
    }),
    (one, other) => one.type === other.type,
  );

/** Returns a line for each copy that would keep old or deleted rows, since it does not follow all events of its aggregate. */
function missedNotes(consumes: ConsumedEvent[], published: ConsumedEvent[]): string[] {
  const copied = consumes.filter(({ by }) => by === undefined);
  const aggregates = [...new Set(copied.map(({ aggregate }) => aggregate))];
  return aggregates.flatMap((aggregate) => {
    const first = copied.find((event) => event.aggregate === aggregate);
    const types = [`${aggregate}.updated`, `${aggregate}.deleted`].filter(
      (type) =>
        copied.every((event) => event.type !== type) &&
        published.some((event) => event.type === type && event.from === first?.from),
    );
    if (types.length === 0) return [];
    return [
      `The copy of "${aggregate}" keeps old rows, since it does not follow ${types.join(' and ')}. To follow ${types.length === 1 ? 'it' : 'them'} too, write npm init microservice consumer ${types.join(' ')} -- --copy`,
    ];
  });
}

/** Throws a UsageError for a contract of which no event is named. */
export function unnamed(files: string[]): never {
  throw new UsageError(`--contract ${files.join(' ')} is given without an event; add --consumes <event>`);
}

function consumesFault(
  consumes: ConsumedEvent[],
  { name, resources = [] }: Partial<ServiceAnswers>,
): string | undefined {
  const own = consumes.find(({ from }) => from === `${name}-service`);
  if (own) return `"${own.type}" is an event of this service; a service does not consume its own events`;
  const aggregates = [...new Set(consumes.map(({ aggregate }) => aggregate))];
  const owned = aggregates.find((aggregate) => resources.some((resource) => resource.name === aggregate));
  if (owned !== undefined)
    return `"${owned}" is a resource of both this service and the publishing service; rename one`;
  return (
    aggregateFault(aggregates) ??
    typeFault(consumes) ??
    sourceFault(consumes) ??
    collisionFault(resources, aggregates) ??
    eventNamesFault(consumes, resources) ??
    topicsFault(consumes, resources) ??
    tablesFault(resourcesOf(resources), copiesOf(consumes))
  );
}

const typeFault = (consumes: ConsumedEvent[]) =>
  consumes.map(({ type }) => eventTypeFault(type)).find((fault) => fault !== undefined);

const aggregateFault = (aggregates: string[]) =>
  aggregates
    .map((aggregate) => kebabFault(aggregate, 'the aggregate of an event'))
    .find((fault) => fault !== undefined);

/** Checks that the events of each copy come from one topic of one service, in one version. */
function sourceFault(consumes: ConsumedEvent[]): string | undefined {
  for (const { aggregate, from, topic, type } of consumes) {
    const other = consumes.find(
      (event) => event.aggregate === aggregate && (event.from !== from || event.topic !== topic),
    );
    if (other)
      return `"${type}" and "${other.type}" are events of "${aggregate}" from two services or topics; consume only one of them`;
    const twice = consumes.filter((event) => event.type === type);
    if (twice.length > 1) return `"${type}" is given in two versions; give only the newest`;
  }
  return undefined;
}
