import fc from 'fast-check';
import { knownEvents, projectionsFault } from '../../../generators/service/projections/projection-rules.ts';
import { projectionSource, SUBJECT } from '../../../generators/service/projections/sources.ts';
import {
  ciSystems,
  type ConsumedEvent,
  type Field,
  type OwnEvent,
  type Projection,
  type Resource,
  type Participant,
  type Saga,
  type SagaStep,
  type ServiceAnswers,
} from '../../../generators/service/model/answers.ts';
import { clientNameFault } from '../../../generators/service/clients/client-rules.ts';
import { sagaStepOf } from '../../../generators/service/commands/saga/steps.ts';
import { workFor } from '../../../generators/service/model/participant-view.ts';
import { anyType } from './any-type.ts';
import { packageManagers } from '../../../generators/service/model/package-managers.ts';
import { indexFault } from '../../../generators/service/fields/index-rules.ts';
import { formatFields, grammarFault } from '../../../generators/service/fields/grammar.ts';
import {
  collisionFault,
  resourceNameFault,
  serviceNameFault,
} from '../../../generators/service/model/name-rules.ts';
import { ownEventsFault } from '../../../generators/service/events/own-event-rules.ts';
import { eventNamesFault } from '../../../generators/service/contracts/event-name-rules.ts';

const fortyLetters = fc.stringMatching(/^[a-z]{40}$/);

/** Lower-case letters, each number of them as often as any other. */
const letters = (min: number, max: number) =>
  fc.tuple(fortyLetters, fc.integer({ min, max })).map(([word, length]) => word.slice(0, length));

/** Very short names, usual ones, and names of each length up to 40 characters. */
const kebab = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9]{0,2}$/),
  fc.stringMatching(/^[a-z]{3,12}(-[a-z0-9]{1,9}){0,2}$/),
  fc.tuple(letters(4, 20), letters(4, 19)).map((words) => words.join('-')),
);

const fieldName = fc.oneof(
  fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,2}$/),
  fc.stringMatching(/^[a-z]{3,12}([A-Z][a-z]{1,9}){0,2}$/),
  letters(12, 40),
  letters(32, 40),
);

const field: fc.Arbitrary<Field> = fc
  .record({
    name: fieldName,
    typed: anyType,
    unique: fc.constantFrom(false, false, true),
    optional: fc.boolean(),
    index: fc.boolean(),
    secret: fc.constantFrom(undefined, undefined, false, true),
  })
  .map(({ secret, typed, ...rest }) => {
    const { default: value, ...type } = typed;
    const field = {
      ...rest,
      ...type,
      ...(value !== undefined && !rest.unique && { default: value }),
      ...(secret !== undefined && { secret }),
    };
    const index = field.index && !field.unique && indexFault(field) === undefined;
    return { ...field, index };
  })
  .filter((each) => grammarFault(formatFields([each])) === undefined);

const fieldsOf = (minLength: number, maxLength: number) =>
  fc.uniqueArray(field, { minLength, maxLength, selector: ({ name }) => name.toLowerCase() });

export const fields = fc
  .oneof(fieldsOf(1, 4), fieldsOf(5, 14))
  .filter((all) => grammarFault(formatFields(all)) === undefined);

const withoutDefault = ({ default: _default, ...each }: Field): Field => each;

/** Events of an owner; their data is a few fields, or the resource. */
const ownEvents: fc.Arbitrary<OwnEvent[]> = fc.uniqueArray(
  fc.record({
    verb: fc.oneof(fc.constantFrom('shipped', 'paid-late'), kebab),
    fields: fc.option(
      fields.map((all) => all.map((each) => ({ ...withoutDefault(each), unique: false, secret: false }))),
      { nil: undefined },
    ),
  }),
  { selector: ({ verb }) => verb, maxLength: 2 },
);

const resource: fc.Arbitrary<Resource> = fc
  .record({
    name: kebab.filter((name) => resourceNameFault(name) === undefined),
    fields,
    events: ownEvents,
  })
  .filter((each) => ownEventsFault(each) === undefined);

const facts = ['created', 'updated', 'deleted', 'shipped-late'];

/** Events of one aggregate of another service. */
const events: fc.Arbitrary<ConsumedEvent[]> = fc
  .tuple(
    kebab,
    kebab,
    fc.uniqueArray(fc.constantFrom(...facts), { minLength: 1 }),
    fields,
    fc.boolean(),
    fc.nat({ max: 3 }),
    fc.constantFrom(undefined, undefined, 'handler' as const),
  )
  .map(([aggregate, from, chosen, all, isSame, required, by]) =>
    chosen.map((fact, index) => ({
      ...(by && { by }),
      type: `${aggregate}.${fact}`,
      version: index === 1 ? 2 : 1,
      topic: `${aggregate}.events`,
      aggregate,
      from: `${from}-service`,
      schema: { required: all.slice(0, required).map(({ name }) => name) },
      fields: (fact === 'deleted' ? [] : all.slice(isSame ? 0 : index)).map((each) => ({
        ...withoutDefault(each),
        unique: false,
      })),
    })),
  );

const client = fc.record({
  name: kebab.filter((name) => clientNameFault(name) === undefined),
  url: fc.constantFrom('https://api.example.com', 'http://10.0.0.1:8080/a/b.c/~d'),
});

const description = fc.oneof(
  fc.constantFrom(
    'The service',
    "It's here",
    'a "quoted" word',
    'Grüße an alle',
    '漢字の説明です',
    'a\\b `c` ${d}',
  ),
  fc.stringMatching(/^[A-Z][a-z]{1,9}( [a-z'"]{1,9}){4,18}$/),
);

/** A saga about the first resource, which sends its fields. */
const sagaOf = ([first]: Resource[]): Saga[] =>
  first
    ? [
        {
          name: 'first-saga',
          startedBy: `${first.name}.created`,
          steps: [
            sagaStepOf(
              `first-step${first.fields.some(({ secret }) => !secret) ? ':' : ''}${first.fields
                .filter(({ secret }) => !secret)
                .map(({ name }) => name)
                .join(',')}`,
              `${first.name}.created`,
              [first],
            ),
            sagaStepOf('second-step', `${first.name}.created`, [first]),
          ],
          ends: ['confirmed-by-saga', 'cancelled-by-saga'],
        },
      ]
    : [];

/** A participant in the saga of another service, with the work that fits the resources. */
const participantOf = (resources: Resource[], fields: Field[]): Participant => {
  const step: SagaStep = {
    name: 'other-step',
    replies: ['succeeded', 'failed', 'undone'],
    fields: fields
      .filter(({ name }) => !['requestId', 'otherId'].includes(name))
      .map((each) => ({ ...withoutDefault(each), ...{ unique: false, index: false, secret: undefined } })),
  };
  const request = 'other.other-step-requested';
  return {
    request,
    from: 'other-service',
    topic: 'other.events',
    step,
    ...workFor({ request, step }, resources),
  };
};

/** A projection of the events of the first resource. */
const projectionOf = (resources: Resource[]): Projection[] => {
  const [first] = resources;
  if (!first) return [];
  const definitions = knownEvents({ resources });
  const types = ['created', 'updated', 'deleted'].map((verb) => `${first.name}.${verb}`);
  const from = definitions
    .filter(({ type }) => types.includes(type))
    .map((each) => projectionSource(each, SUBJECT));
  const made: Projection[] = [{ name: 'first-summary', version: 1, from }];
  return projectionsFault(made, { resources }) === undefined ? made : [];
};

/** Answers that a service can have, for every question whose answer changes a file. */
export const anyAnswers: fc.Arbitrary<ServiceAnswers> = fc
  .record({
    name: kebab.filter((name) => serviceNameFault(name) === undefined),
    description,
    resources: fc.array(resource, { maxLength: 3 }),
    consumes: fc.array(events, { maxLength: 2 }).map((all) => all.flat()),
    commands: fc.uniqueArray(fc.record({ name: kebab }), { maxLength: 2, selector: ({ name }) => name }),
    sagas: fc.boolean(),
    participants: fc.option(fields, { nil: undefined }),
    projections: fc.boolean(),
    clients: fc.uniqueArray(client, { maxLength: 2, selector: ({ name }) => name }),
    port: fc.integer({ min: 1_024, max: 65_535 }),
    databasePort: fc.integer({ min: 1_024, max: 65_535 }),
    auth: fc.constantFrom('none' as const, 'jwt' as const),
    packageManager: fc.constantFrom(...packageManagers),
    ci: fc.constantFrom(...ciSystems),
    updateWorkflow: fc.boolean(),
    kubernetes: fc.boolean(),
    git: fc.constant(false),
    install: fc.constant(false),
  })
  .map(({ sagas, participants, projections, ...answers }) => ({
    ...answers,
    sagas: sagas ? sagaOf(answers.resources) : [],
    participants: participants ? [participantOf(answers.resources, participants)] : [],
    projections: projections ? projectionOf(answers.resources) : [],
  }))
  .filter(
    ({ resources, consumes }) =>
      collisionFault(resources, [...new Set(consumes.map(({ aggregate }) => aggregate))]) === undefined &&
      eventNamesFault(consumes, resources) === undefined,
  );
