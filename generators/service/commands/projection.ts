import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';
import { addEvents } from '../consumes-question.ts';
import { offered, selectEvents } from '../contracts/consumed-events.ts';
import type { Projection, ProjectionSource, ServiceAnswers } from '../model/answers.ts';
import type { EventDefinitionView } from '../projections/event-definitions.ts';
import { knownEvents, projectionNameFault } from '../projections/projection-rules.ts';
import {
  foundKey,
  givenSources,
  rowKeysOf,
  projectionSource,
  SUBJECT,
  type GivenSource,
} from '../projections/sources.ts';
import { serviceOptions } from '../questions.ts';
import type { Command, CommandCall } from './call/command.ts';
import { textsOf } from './call/given.ts';
import { missing, spelledCall } from './call/spelling.ts';
import { versionIn } from './event-version.ts';
import { versionNames, withoutProjection } from './projection/removal.ts';

const example = 'projection order-summary --from order.created --from payment.processed';

/** The command `projection`: a read model that follows events of several services. */
export const projection: Command = {
  name: 'projection',
  words: '<name>',
  mostWords: 1,
  description: 'a read model: a table that follows events of several services, with routes and tests',
  flags: [
    {
      name: 'from',
      value: '<event>',
      help: 'an event that it follows, or event:field with the field that has the id of the row',
      many: true,
    },
    { name: 'version', value: '<number>', help: 'the next version of a projection, with a table of its own' },
    ...serviceOptions.filter(({ name }) => name === 'contract'),
  ],
  examples: [
    [example, 'adds GET /v1/order-summaries, fed by the events of two services'],
    ['projection order-summary --version 2', 'adds a version with the present fields of the same events'],
  ],
  parts: {
    namesIn: ({ projections }) => versionNames(projections),
    without: withoutProjection,
  },
  async change(answers, call) {
    const { name, version, before } = await askedVersion(answers, call);
    const given = await sourcesOf(answers, before, call);
    const known = await withDefinitions(answers, given, call);
    const from = await keyed(given, knownEvents(known), call, name);
    const added: Projection = { name, version, from };
    call.context.notes.push(...notesOf(added, knownEvents(known)));
    return { ...known, projections: [...answers.projections, added] };
  },
};

async function askedVersion({ projections }: ServiceAnswers, call: CommandCall) {
  const {
    words: [word],
    ask,
  } = call;
  const name =
    word ?? (await ask?.text({ message: 'Its name', validate: (text) => projectionNameFault(text) ?? true }));
  if (name === undefined) throw missing('the projection needs a name', example);
  const fault = projectionNameFault(name);
  if (fault !== undefined) throw new UsageError(fault);
  const versions = projections.filter((each) => each.name === name);
  const next = Math.max(0, ...versions.map(({ version }) => version)) + 1;
  const version = versionIn(call) ?? 1;
  if (version === next) return { name, version, before: versions.at(-1) };
  throw missing(
    next === 1
      ? `the service has no projection "${name}", so its first version is 1, not ${version}`
      : `the service has version ${next - 1} of the projection "${name}"; its next version is ${next}`,
    next === 1 ? `projection ${name} --from order.created` : `projection ${name} --version ${next}`,
  );
}

/** A later version follows the events of the version before, unless others are given. */
async function sourcesOf(
  answers: ServiceAnswers,
  before: Projection | undefined,
  call: CommandCall,
): Promise<GivenSource[]> {
  const text = textsOf(call, 'from');
  if (text !== undefined) {
    const given = givenSources(text);
    if (given.length > 0) return given;
  }
  if (before) return before.from.map(({ type, key }) => ({ type, key: key ?? SUBJECT }));
  if (!call.ask) throw missing('the projection needs an event', example);
  const own = knownEvents(answers).map(({ type }) => ({ name: type, value: type }));
  const published = await call.context.publishedEvents();
  const others = published
    .filter(({ type }) => own.every(({ value }) => value !== type))
    .map((event) => ({ name: offered(event), value: event.type }));
  if (own.length + others.length === 0)
    throw new UsageError(
      `neither the service nor one beside it publishes an event; first write ${spelledCall('resource order --fields "code:string"')}`,
    );
  const first = await call.ask.choose({
    message: 'Which event makes a row visible?',
    choices: [...own, ...others],
  });
  const rest = [...own, ...others].filter(({ value }) => value !== first);
  const more = await call.ask.chooseSome({ message: 'Which other events does it follow?', choices: rest });
  return [first, ...more].map((type) => ({ type }));
}

/** Returns the answers with the definition of each event: those that no part of the service has come from the contracts. */
async function withDefinitions(
  answers: ServiceAnswers,
  given: readonly GivenSource[],
  { context }: CommandCall,
): Promise<ServiceAnswers> {
  const present = new Set(knownEvents(answers).map(({ type }) => type));
  const absent = given.map(({ type }) => type).filter((type) => !present.has(type));
  if (absent.length === 0) return answers;
  const published = await context.publishedEvents();
  const selected = selectEvents(absent, published).map((event) => ({ ...event, by: 'projection' as const }));
  return { ...answers, consumes: addEvents(answers.consumes, selected, published) };
}

/** Returns the events with the fields of their keys. */
async function keyed(
  given: readonly GivenSource[],
  definitions: readonly EventDefinitionView[],
  call: CommandCall,
  name: string,
): Promise<ProjectionSource[]> {
  const from: ProjectionSource[] = [];
  let first: { definition: EventDefinitionView; key?: string | undefined } | undefined;
  for (const source of given) {
    const definition = definitions.find(({ type }) => type === source.type);
    if (!definition)
      throw new UsageError(
        `--from: ${seen(source.type)} is a version of an event; write its type without ".v"`,
      );
    const key = await keyOf(source, { definition, first, given, name }, call);
    const added = projectionSource(definition, key);
    from.push(added);
    first ??= { definition, key: added.key };
  }
  return from;
}

interface KeyQuestion {
  definition: EventDefinitionView;
  first: { definition: EventDefinitionView; key?: string | undefined } | undefined;
  given: readonly GivenSource[];
  name: string;
}

async function keyOf(
  { key }: GivenSource,
  { definition, first, given, name }: KeyQuestion,
  call: CommandCall,
): Promise<string> {
  const keys = rowKeysOf(definition);
  if (key === SUBJECT) return key;
  if (key !== undefined) {
    if (keys.includes(key)) return key;
    throw new UsageError(
      `the event "${definition.type}" has no field ${seen(key)} that can hold the id of a row; it has: ${[...keys, SUBJECT].join(', ')}`,
    );
  }
  const found = foundKey(definition, first);
  if (found !== undefined) return found;
  const of = first?.definition.aggregate ?? '';
  if (call.ask)
    return call.ask.choose({
      message: `Which field of ${definition.type} has the id of the ${of}?`,
      choices: [...keys, SUBJECT].map((each) => ({ name: each, value: each })),
    });
  const flags = given.map(({ type, key: known }) =>
    type === definition.type ? `${type}:<field>` : known === undefined ? type : `${type}:${known}`,
  );
  throw new UsageError(
    `the event "${definition.type}" has no field with the name of the ${of}, such as "${of}Id"; name the field with its id (${[...keys, SUBJECT].join(', ')}): ${spelledCall(`projection ${name} ${flags.map((flag) => `--from ${flag}`).join(' ')}`)}`,
  );
}

function notesOf({ name, version, from }: Projection, definitions: readonly EventDefinitionView[]): string[] {
  const first = definitions.find(({ type }) => type === from[0]?.type);
  const later = `${first?.aggregate}.deleted`;
  const isMissed =
    from[0]?.key === undefined && first?.isOwn === true && from.every(({ type }) => type !== later);
  return [
    ...(isMissed && definitions.some(({ type }) => type === later)
      ? [
          `The projection keeps the rows of deleted ones, since it does not follow ${later}; add it with --from ${later}`,
        ]
      : []),
    ...(version > 1
      ? [
          `Deploy it, then build its table beside the one that is read: npx microservice-runtime projections rebuild ${name} --yes. When it has caught up: npx microservice-runtime projections switch ${name} --yes`,
        ]
      : []),
  ];
}
