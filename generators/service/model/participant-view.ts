import type { Field, Participant, Resource } from './answers.ts';
import { resourceNames, type Names } from './names.ts';
import { stepEvents, valueFor, type SagaStepView } from './saga-view.ts';

/** A participant with the names of its code, which are those of its step. */
export interface ParticipantView extends SagaStepView {
  from: string;
  topic: string;
  /** The resource of the other service that the saga is about. */
  of: Names;
  /** The field of its replies with the id of the saga: `orderId`. */
  idField: string;
  work: ParticipantWork | undefined;
}

/** Inserts a row for each request, or takes a number from the row that the request names. */
export type ParticipantWork =
  | {
      kind: 'record';
      resource: Names;
      /** The fields of the request that the row has, too. */
      fields: Field[];
      /** The value of the row's field `status` once the request is undone; undefined: the row is removed. */
      undone: string | undefined;
    }
  | {
      kind: 'take';
      resource: Names;
      /** The field of the request with the id of the row. */
      row: string;
      /** The field with the number, in the request and in the row. */
      number: string;
    };

/** Returns the participants of a service. */
export const participantsOf = (
  participants: readonly Participant[],
  resources: readonly Resource[],
): ParticipantView[] =>
  participants.map((participant) => {
    const { request, from, topic, step } = participant;
    const of = resourceNames(request.split('.')[0] ?? '');
    return {
      ...resourceNames(step.name),
      ...stepEvents(of.kebab, step),
      ...{ from, topic, of, idField: `${of.camel}Id`, fields: step.fields },
      work: workOf(participant, resources),
    };
  });

/** Returns the work that fits the resources of a service: `none` leaves it to the owner. */
export function workFor(
  participant: Pick<Participant, 'request' | 'step'>,
  resources: readonly Resource[],
): Pick<Participant, 'work' | 'resource'> {
  for (const work of ['take', 'record'] as const)
    for (const { name } of resources)
      if (workOf({ ...participant, work, resource: name }, resources)) return { work, resource: name };
  return { work: 'none' };
}

/** Returns undefined if the resource does not have the fields for the work, or no longer. */
function workOf(
  participant: Pick<Participant, 'request' | 'step' | 'work' | 'resource'>,
  resources: readonly Resource[],
): ParticipantWork | undefined {
  const resource = resources.find(({ name }) => name === participant.resource);
  if (!resource) return undefined;
  return participant.work === 'take' ? takeOf(participant, resource) : recordOf(participant, resource);
}

const isSameType = (one: Field, other: Field): boolean =>
  one.type === other.type && one.optional === other.optional && String(one.values) === String(other.values);

/** The number is an integer, since its difference is computed in JavaScript. */
function takeOf(
  { step }: Pick<Participant, 'step'>,
  { name, fields }: Resource,
): ParticipantWork | undefined {
  const resource = resourceNames(name);
  const row = step.fields.find((field) => field.name === `${resource.camel}Id` && field.type === 'uuid');
  const number = step.fields.find(
    ({ type, optional, ...field }) =>
      type === 'integer' &&
      !optional &&
      fields.some((each) => each.name === field.name && each.type === type && !each.optional),
  );
  if (!row || row.optional || !number || fields.some(({ target }) => target !== undefined)) return undefined;
  return { kind: 'take', resource, row: row.name, number: number.name };
}

/** A row has the id of the saga, by which a cancel finds it; the request has its required fields. */
function recordOf(
  { request, step }: Pick<Participant, 'request' | 'step'>,
  { name, fields }: Resource,
): ParticipantWork | undefined {
  const idField = `${resourceNames(request.split('.')[0] ?? '').camel}Id`;
  const shared = step.fields.filter((field) =>
    fields.some((each) => each.name === field.name && isSameType(each, field)),
  );
  const isGiven = (field: Field) =>
    field.optional || field.default !== undefined || shared.some((each) => each.name === field.name);
  const id = fields.find((field) => field.name === idField && field.type === 'uuid');
  if (name !== step.name || !id || !fields.every((field) => field === id || isGiven(field))) return undefined;
  const status = fields.find((field) => field.name === 'status');
  return {
    kind: 'record',
    resource: resourceNames(name),
    fields: shared,
    undone: valueFor(status, step.replies[2]),
  };
}
