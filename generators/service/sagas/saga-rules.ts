import { kebabFault } from '../../outside/kebab-case.ts';
import { seen } from '../../outside/seen.ts';
import type { Field, Participant, Resource, Saga, ServiceAnswers } from '../model/answers.ts';
import { resourceNames } from '../model/names.ts';
import { participantsOf } from '../model/participant-view.ts';
import { resourceEvents } from '../model/resource-events.ts';
import { sagasOf, startOf, type SagaEventView, type SagaStepView } from '../model/saga-view.ts';
import { copiesOf, receivedOf, shownOf } from '../model/view.ts';

type SagaContext = Partial<Pick<ServiceAnswers, 'name' | 'resources' | 'consumes' | 'sagas'>>;

/** Returns the reason why a service cannot have these sagas. */
export function sagasFault(sagas: readonly Saga[], known: SagaContext): string | undefined {
  for (const [index, saga] of sagas.entries()) {
    const fault = sagaFault(saga, sagas.slice(0, index), known.resources ?? []);
    if (fault !== undefined) return fault;
  }
  return clashFault(sagas, [], known);
}

/** Returns the reason why a service cannot take part in these sagas of other services. */
export function participantsFault(
  participants: readonly Participant[],
  known: SagaContext,
): string | undefined {
  for (const [index, { request, from, step }] of participants.entries()) {
    const other = participants.slice(0, index).find((each) => each.step.name === step.name);
    if (other)
      return `the service answers the step "${step.name}" of ${other.from} already, and ${request} of ${from} would have the same replies; give that step another name in its saga`;
    if (from === `${known.name}-service`) return `"${request}" is an event of this service`;
    if ((known.sagas ?? []).some(({ name }) => name === step.name))
      return `the saga "${step.name}" of this service has the name of the step; give one of them another name`;
  }
  return clashFault(known.sagas ?? [], participants, known);
}

function sagaFault(
  { name, startedBy, steps }: Saga,
  others: readonly Saga[],
  resources: readonly Resource[],
): string | undefined {
  const names = steps.map((step) => step.name);
  const [resource = ''] = startedBy.split('.');
  const twice = names.find((step, index) => names.indexOf(step) !== index);
  const taken = takenStep(names, others);
  if (kebabFault(name, 'the name of the saga') !== undefined) return kebabFault(name, 'the name of the saga');
  if (others.some((other) => other.name === name))
    return `the service has the saga "${name}" already; choose another name`;
  if (!startOf({ startedBy }, resources)) return startFault(startedBy, resources);
  if (twice !== undefined) return `the step "${twice}" is given twice; name each step once`;
  if (names.includes(resource))
    return `the step "${resource}" has the name of the resource; name the service that does the step`;
  if (taken !== undefined) return taken;
  return steps
    .map((step) => stepFieldsFault(step.fields, startedBy, resources))
    .find((fault) => fault !== undefined);
}

/** Two sagas with one step would have the same requests and replies. */
function takenStep(names: readonly string[], others: readonly Saga[]): string | undefined {
  for (const { name, steps } of others)
    for (const step of steps)
      if (names.includes(step.name))
        return `the saga "${name}" of this service has the step "${step.name}" already, and both would send the same request; give the step another name`;
  return undefined;
}

function startFault(startedBy: string, resources: readonly Resource[]): string {
  const own = resources.flatMap(resourceEvents).map(({ type }) => type);
  return own.length === 0
    ? 'the service has no resource whose event starts a saga; first write npm init microservice resource order -- --fields "code:string"'
    : `no resource of the service publishes the event ${seen(startedBy)}; its events are ${own.join(', ')}`;
}

/** Returns the fields of the event that starts a saga, without secrets; undefined if no resource publishes it. */
export function startFields(startedBy: string, resources: readonly Resource[]): Field[] | undefined {
  const start = startOf({ startedBy }, resources);
  if (!start) return undefined;
  if (start.data !== 'state') return start.fields;
  return shownOf(resources.find(({ name }) => name === startedBy.split('.')[0])?.fields ?? []);
}

/** Returns the reason why a step cannot send a field of this name: the runtime needs it to find the saga. */
export function reservedFieldFault(name: string, startedBy: string): string | undefined {
  const own = `${resourceNames(startedBy.split('.')[0] ?? '').camel}Id`;
  return name === own || name === 'requestId'
    ? `each request and reply of a saga has the field "${name}" already; leave it out`
    : undefined;
}

function stepFieldsFault(
  fields: readonly Field[],
  startedBy: string,
  resources: readonly Resource[],
): string | undefined {
  const present = startFields(startedBy, resources) ?? [];
  const reserved = fields
    .map(({ name }) => reservedFieldFault(name, startedBy))
    .find((fault) => fault !== undefined);
  if (reserved !== undefined) return reserved;
  const absent = fields.find((field) => present.every(({ name }) => name !== field.name));
  if (!absent) return undefined;
  return `a step of the saga needs the field "${absent.name}", and ${startedBy} does not have it. Its fields are: ${present.map(({ name }) => name).join(', ') || 'none'}`;
}

/** The events of all files are listed together in contracts.ts, by their names in the code. */
function clashFault(
  sagas: readonly Saga[],
  participants: readonly Participant[],
  { resources = [], consumes = [] }: SagaContext,
): string | undefined {
  const seenBefore: Pick<SagaEventView, 'name' | 'type'>[] = [
    ...resources.flatMap(resourceEvents).flatMap(({ versions }) => versions),
    ...[...copiesOf(consumes), ...receivedOf(consumes)].flatMap(({ events }) => events),
  ];
  const added = [
    ...sagasOf(sagas, resources).flatMap(({ steps, ends }) => [...steps.flatMap(eventsOf), ...ends]),
    ...participantsOf(participants, resources).flatMap(eventsOf),
  ];
  for (const event of added) {
    if (seenBefore.some(({ name, type }) => name === event.name || type === event.type))
      return `the service has an event with the name of "${event.type}" already; choose other names, such as payment(charged|declined|refunded) for the replies of a step`;
    seenBefore.push(event);
  }
  return undefined;
}

const eventsOf = ({ requests, replies }: Pick<SagaStepView, 'requests' | 'replies'>) => [
  ...requests,
  ...replies,
];
