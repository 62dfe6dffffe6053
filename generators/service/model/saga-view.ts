import type { Resource, Saga } from './answers.ts';
import { resourceNames, type Names } from './names.ts';
import { resourceEvents, type EventVersion } from './resource-events.ts';

/** A saga with the names of its code. */
export interface SagaView extends Names {
  /** The resource that it is about. */
  resource: string;
  /** The newest version of the event that starts it. */
  start: EventVersion;
  steps: SagaStepView[];
  /** The events that report its end. */
  ends: SagaEventView[];
}

/** A step: the events that the service publishes for it, and the ones that answer it. */
export interface SagaStepView extends Names {
  requests: SagaEventView[];
  replies: SagaEventView[];
}

export interface SagaEventView {
  /** `order.payment-requested` */
  type: string;
  /** The name of its definition in the code: `paymentRequested`. */
  name: string;
}

/** Returns the sagas whose resources and events exist. */
export const sagasOf = (sagas: readonly Saga[], resources: readonly Resource[]): SagaView[] =>
  sagas.flatMap((saga) => {
    const [resource = ''] = saga.startedBy.split('.');
    const start = startOf(saga, resources);
    if (!start) return [];
    const event = (aggregate: string, stem: string, verb: string): SagaEventView => ({
      type: aggregate === stem ? `${stem}.${verb}` : `${aggregate}.${stem}-${verb}`,
      name: resourceNames(`${stem}-${verb}`).camel,
    });
    return [
      {
        ...resourceNames(saga.name),
        ...{ resource, start },
        steps: saga.steps.map((step) => ({
          ...resourceNames(step),
          requests: ['requested', 'cancelled'].map((verb) => event(resource, step, verb)),
          replies: ['succeeded', 'failed', 'undone'].map((verb) => event(step, step, verb)),
        })),
        ends: ['completed', 'compensated'].map((verb) => event(resource, saga.name, verb)),
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
