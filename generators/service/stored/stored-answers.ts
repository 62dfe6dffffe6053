import type {
  ConsumedEvent,
  Field,
  OwnEvent,
  Projection,
  Resource,
  ServiceAnswers,
} from '../model/answers.ts';
import { formatFields } from '../fields/grammar.ts';
import { fieldsReader, fieldGrammarVersion } from './stored-fields.ts';
import { fieldsOfSchema } from '../contracts/schema-fields.ts';
import { formatStep, sagaOfStored, storedSaga, storedStep } from '../sagas/step-grammar.ts';
import { checkAnswers } from './stored-rules.ts';

/** Converts the answers for `.yo-rc.json`: fields in the form of `--fields`; git and install are actions, not answers. */
export function toStored({
  resources,
  consumes,
  clients,
  commands,
  sagas,
  participants,
  projections,
  updateWorkflow,
  auth,
  git: _git,
  install: _install,
  ...rest
}: ServiceAnswers) {
  const events = resources.flatMap(storedEvents);
  const leaving = resources.flatMap(storedLeaving);
  const apis = resources.flatMap((resource) =>
    (resource.apis ?? []).map((api) => ({ resource: resource.name, ...api })),
  );
  return {
    ...rest,
    resources: resources.map(({ name, fields }) => ({ name, fields: formatFields(fields) })),
    ...(events.length > 0 && { events }),
    ...(apis.length > 0 && { apis }),
    ...(leaving.length > 0 && { leaving }),
    consumes: consumes.map(({ fields: _fields, ...event }) => event),
    ...(clients.length > 0 && { clients: clients.map(({ types: _types, ...client }) => client) }),
    fieldGrammar: fieldGrammarVersion,
    ...(commands.length > 0 && { commands }),
    ...(sagas.length > 0 && { sagas: sagas.map(storedSaga) }),
    ...(participants.length > 0 && {
      participants: participants.map(({ step, ...participant }) => ({
        ...participant,
        step: formatStep(step),
      })),
    }),
    ...(projections.length > 0 && { projections: projections.map(storedProjection) }),
    ...(updateWorkflow && { updateWorkflow }),
    ...(auth !== 'none' && { auth }),
  };
}

/** The file lists events outside of their resource: git then merges the events of two branches, one per line. */
const storedEvents = ({ name, events = [] }: Resource) =>
  events.map(({ verb, version = 1, retired, state, fields, renamed }) => ({
    type: `${name}.${verb}`,
    ...(version > 1 && { version }),
    ...(retired && { retired }),
    ...(state && { state }),
    ...(fields !== undefined && { fields: formatFields(fields) }),
    ...(renamed && { renamed }),
  }));

const storedProjection = ({ from, ...projection }: Projection) => ({
  ...projection,
  from: from.map(({ fields, ...source }) => ({ ...source, fields: formatFields(fields) })),
});

/** The columns that `--finish` drops, sorted. */
const storedLeaving = ({ name: resource, leaving = [] }: Resource) =>
  leaving
    .map(({ name, to }) => ({ field: `${resource}.${name}`, ...(to !== undefined && { to }) }))
    .toSorted((one, other) => (one.field < other.field ? -1 : 1));

type Stored = ReturnType<typeof toStored>;

/**
 * Validates the answers of an earlier run: any user may have edited `.yo-rc.json`. Actions of that run are not repeated: no
 * git init, no install. Throws a UsageError that names `file` and the place in it.
 */
export function fromStored(stored: Record<string, unknown>, file?: string): Partial<ServiceAnswers> {
  checkAnswers(stored, file);
  const { resources, consumes, events = [], apis = [], leaving = [], ...others } = stored as Partial<Stored>;
  const { fieldGrammar: _, sagas, participants, projections, ...rest } = others;
  const parse = fieldsReader(stored);
  return {
    updateWorkflow: false, // a service of an earlier run has no answer
    auth: 'none',
    ...rest,
    ...(resources && {
      resources: resources.map(({ name, fields }): Resource => {
        const own = eventsOf(name, events, parse);
        const versions = apis.filter((api) => api.resource === name);
        return {
          name,
          fields: parse(fields),
          ...(own.length > 0 && { events: own }),
          ...leavingOf(name, leaving),
          ...(versions.length > 0 && { apis: versions.map(({ resource: _resource, ...api }) => api) }),
        };
      }),
    }),
    ...(consumes && {
      consumes: consumes.map((event): ConsumedEvent => ({ ...event, fields: fieldsOfSchema(event.schema) })),
    }),
    ...(sagas && { sagas: sagas.map(sagaOfStored) }),
    ...(participants && {
      participants: participants.map(({ step, ...each }) => ({ ...each, step: storedStep(step) })),
    }),
    ...(projections && {
      projections: projections.map(({ from, ...projection }) => ({
        ...projection,
        from: from.map((source) => ({ ...source, fields: source.fields === '' ? [] : parse(source.fields) })),
      })),
    }),
    git: false,
    install: false,
  };
}

const eventsOf = (
  resource: string,
  events: NonNullable<Stored['events']>,
  parse: (text: string) => Field[],
): OwnEvent[] =>
  events
    .filter(({ type }) => type.startsWith(`${resource}.`))
    .map(({ type, version, retired, state, fields, renamed }) => ({
      verb: type.slice(resource.length + 1),
      ...(version !== undefined && { version }),
      ...(retired && { retired }),
      ...(state && { state }),
      ...(fields !== undefined && { fields: parse(fields) }),
      ...(renamed && { renamed }),
    }));

function leavingOf(resource: string, all: NonNullable<Stored['leaving']>): Pick<Resource, 'leaving'> {
  const own = all.filter(({ field }) => field.startsWith(`${resource}.`));
  if (own.length === 0) return {};
  return {
    leaving: own.map(({ field, to }) => ({
      name: field.slice(resource.length + 1),
      ...(to !== undefined && { to }),
    })),
  };
}
