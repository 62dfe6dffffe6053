import type { Field, Resource, Saga } from './answers.ts';
import { resourceNames, type Names } from './names.ts';
import { resourceEvents, type EventVersion } from './resource-events.ts';

/** A saga with the names of its code. */
export interface SagaView extends Names {
  /** The resource that it is about. */
  resource: string;
  /** The newest version of the event that starts it. */
  start: EventVersion;
  /** The fields of the starting event that its steps need. */
  fields: Field[];
  steps: SagaStepView[];
  /** The events that report its end. */
  ends: SagaEventView[];
  /** The values of the field `status` of the resource after each end; undefined without such values. */
  status: readonly [completed: string, compensated: string] | undefined;
}

/** A step: the events that the service publishes for it, and the ones that answer it. */
export interface SagaStepView extends Names {
  requests: SagaEventView[];
  replies: SagaEventView[];
  fields: Field[];
}

export interface SagaEventView {
  /** `order.payment-requested` */
  type: string;
  /** The name of its definition in the code: `paymentRequested`. */
  name: string;
  /** The name of its data: `PaymentRequested`. */
  pascal: string;
}

/** The event about an aggregate. */
const sagaEvent = (aggregate: string, verb: string, name = `${aggregate}-${verb}`): SagaEventView => ({
  type: `${aggregate}.${verb}`,
  name: resourceNames(name).camel,
  pascal: resourceNames(name).pascal,
});

/** Returns the events of a step of a saga about `aggregate`: the request and its cancel; then success, failure and confirmation. */
export const stepEvents = (
  aggregate: string,
  { name, replies }: Saga['steps'][number],
): Pick<SagaStepView, 'requests' | 'replies'> => ({
  requests: ['requested', 'cancelled']
    .map((verb) => `${name}-${verb}`)
    .map((verb) => sagaEvent(aggregate, verb, verb)),
  replies: replies.map((verb) => sagaEvent(name, verb)),
});

/** Returns the sagas whose resources and events exist. */
export const sagasOf = (sagas: readonly Saga[], resources: readonly Resource[]): SagaView[] =>
  sagas.flatMap((saga) => {
    const [resource = ''] = saga.startedBy.split('.');
    const start = startOf(saga, resources);
    if (!start) return [];
    const fields = new Map(saga.steps.flatMap((step) => step.fields).map((field) => [field.name, field]));
    return [
      {
        ...resourceNames(saga.name),
        ...{ resource, start, fields: [...fields.values()] },
        steps: saga.steps.map((step) => ({
          ...resourceNames(step.name),
          ...stepEvents(resource, step),
          fields: step.fields,
        })),
        ends: saga.ends.map((verb) => sagaEvent(resource, verb)),
        status: statusOf(
          saga,
          resources.find(({ name }) => name === resource),
        ),
      },
    ];
  });

/** Returns the newest version of the event that starts a saga; undefined if no resource publishes it. */
export const startOf = (
  { startedBy }: Pick<Saga, 'startedBy'>,
  resources: readonly Resource[],
): EventVersion | undefined =>
  resources
    .flatMap(resourceEvents)
    .find(({ type }) => type === startedBy)
    ?.versions.at(-1);

/** Returns the value of an enum that means a verb, in any case: `CONFIRMED` for `confirmed`. */
export const valueFor = (field: Field | undefined, verb: string): string | undefined =>
  field?.values?.find((value) => sameWord(value) === sameWord(verb));

/** `canceled` and `CANCELLED` are one word, and so are `on-hold` and `ON_HOLD`. */
const sameWord = (text: string) =>
  text
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/elled$/, 'eled');

function statusOf({ ends }: Saga, resource: Resource | undefined): SagaView['status'] {
  const field = resource?.fields.find(({ name }) => name === 'status');
  const [completed, compensated] = ends.map((verb) => valueFor(field, verb));
  return completed === undefined || compensated === undefined ? undefined : [completed, compensated];
}
