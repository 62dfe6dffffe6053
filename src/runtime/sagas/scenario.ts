import type { NewEvent } from '../events/event/definition.ts';
import { answersOf } from './machine/answers.ts';
import type { SagaEvent } from './definition/reply.ts';
import type { SagaDefinition } from './definition/saga.ts';
import type { SagaInstance, SagaStatus, StepStatus, Transition } from './machine/instance.ts';
import { fireTimer, receiveReply, startSaga } from './machine/transition.ts';

/** An event of a scenario, or the timer of a step, or of the saga: `{ timeout: 'deadline' }`. */
export type ScenarioInput = NewEvent | { readonly timeout: string };

/** The saga of a scenario after its last input. */
export interface ScenarioResult<State> {
  readonly status: SagaStatus;
  readonly isStuck: boolean;
  readonly state: State;
  readonly steps: Readonly<Record<string, StepStatus>>;
  /** The events that the last input published, in order. */
  readonly published: readonly { readonly type: string; readonly id: string; readonly data: unknown }[];
  /** The timers that are set, in milliseconds from the input that set them. */
  readonly timers: Readonly<Record<string, number>>;
}

/** A saga in a test. */
export interface Scenario<State> {
  /** Applies the inputs before the one of interest: first the event that starts the saga. */
  given(...inputs: readonly ScenarioInput[]): Scenario<State>;
  /** Applies an input, and returns the saga afterwards. Throws if the event belongs to another saga. */
  when(input: ScenarioInput): ScenarioResult<State>;
}

/**
 * Runs a saga in a test, without a database, a broker or a clock: `sagaScenario(placeOrder).given(orderCreated.of(...)).when(
 * paymentProcessed.of(...))` returns its state and the events that it publishes. Each scenario has one saga.
 */
export function sagaScenario<State>(definition: SagaDefinition<State>): Scenario<State> {
  let current: Transition<State> | undefined;
  let timers: Record<string, number> = {};
  let count = 0;

  function eventOf({ definition: { type, version, aggregate }, aggregateId, data }: NewEvent): SagaEvent {
    count += 1;
    const [id, time] = [`event-${count}`, new Date(0).toISOString()];
    return {
      ...{ id, type, version, aggregate, time, data },
      subject: aggregateId,
      source: 'test',
      correlationId: id,
    };
  }

  function apply(input: ScenarioInput): Transition<State> {
    const before = current?.instance;
    if ('timeout' in input) return fire(before, input.timeout);
    const event = eventOf(input);
    if (before) return receive(before, event);
    if (event.type !== definition.startedBy.event.type)
      throw new Error(
        `${event.type} does not start saga ${definition.name}; begin with ${definition.startedBy.event.type}`,
      );
    return startSaga(definition, event);
  }

  function receive(before: SagaInstance<State>, event: SagaEvent): Transition<State> {
    const isOwn = answersOf(definition, event).some(({ id }) => id === before.id);
    if (!isOwn) throw new Error(`${event.type} answers no step of saga ${definition.name} ${before.id}`);
    return receiveReply(definition, before, event);
  }

  function fire(before: SagaInstance<State> | undefined, timer: string): Transition<State> {
    if (!before || timers[timer] === undefined)
      throw new Error(
        `saga ${definition.name} has no timer ${timer}; its timers are ${Object.keys(timers).join(', ') || 'none'}`,
      );
    return fireTimer(definition, before, timer);
  }

  function step(input: ScenarioInput): Transition<State> {
    const next = apply(input);
    const merged = new Map<string, number | undefined>([...Object.entries(timers), ...next.timers]);
    timers = Object.fromEntries(
      [...merged].flatMap(([name, after]) => (after === undefined ? [] : [[name, after]])),
    );
    return (current = next);
  }

  const scenario: Scenario<State> = {
    given(...inputs) {
      for (const input of inputs) step(input);
      return scenario;
    },
    when(input) {
      const { instance, messages } = step(input);
      return {
        ...{
          status: instance.status,
          isStuck: instance.isStuck,
          state: instance.state,
          timers: { ...timers },
        },
        steps: Object.fromEntries([...instance.steps].map(([name, { status }]) => [name, status])),
        published: messages.map(({ definition: { type }, aggregateId, data }) => ({
          type,
          id: aggregateId,
          data,
        })),
      };
    },
  };
  return scenario;
}
