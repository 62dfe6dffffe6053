import type { NewEvent } from '../../events/event/definition.ts';
import type { SagaDefinition } from '../definition/saga.ts';
import type { RequestIds, SagaStep } from '../definition/step.ts';
import type {
  EarlyReply,
  IgnoredBecause,
  SagaChange,
  SagaInstance,
  SagaStatus,
  StepState,
  Transition,
} from './instance.ts';

/** A saga while an input is applied to it. */
export interface Draft<State> {
  readonly definition: SagaDefinition<State>;
  readonly id: string;
  status: SagaStatus;
  isStuck: boolean;
  state: State;
  readonly steps: Map<string, StepState>;
  early: EarlyReply[];
  readonly messages: NewEvent[];
  readonly timers: Map<string, number | undefined>;
  readonly changes: SagaChange[];
}

export const draftOf = <State>(
  definition: SagaDefinition<State>,
  { id, status, isStuck, state, steps, early }: SagaInstance<State>,
): Draft<State> => ({
  ...{ definition, id, status, isStuck, state, early: [...early], steps: new Map(steps) },
  ...{ messages: [], timers: new Map(), changes: [] },
});

export function transitionOf<State>(
  { id, status, isStuck, state, steps, early, messages, timers, changes }: Draft<State>,
  ignored?: IgnoredBecause,
): Transition<State> {
  const instance = { id, status, isStuck, state, steps, early };
  return { instance, messages, timers, changes, ...(ignored && { ignored }) };
}

/** The request of a step, repetitions included, and its cancel have this id. */
export const requestIdOf = (saga: string, id: string, step: string, group: number): string =>
  `${saga}/${id}/${step}/${group}`;

const longest = 60 * 60 * 1_000;

/** Returns how long attempt number `attempts` is awaited: `timeout`, doubled with each attempt up to an hour. */
export const patienceOf = (timeout: number, attempts: number): number =>
  Math.max(timeout, Math.min(timeout * 2 ** Math.min(attempts - 1, 30), longest));

/** Changes a step of the draft. */
export function setStep<State>(draft: Draft<State>, name: string, change: Partial<StepState>): void {
  const before = draft.steps.get(name) ?? { status: 'pending', group: 1, attempts: 0 };
  draft.steps.set(name, { ...before, ...change });
}

/** Sends the event that requests or cancels a step, and waits for the answer. */
export function send<State>(
  draft: Draft<State>,
  step: SagaStep<State>,
  request: ((state: State, ids: RequestIds) => NewEvent) | undefined,
  timeout: number,
): void {
  const { group, attempts } = draft.steps.get(step.name) ?? { group: 1, attempts: 1 };
  const { id, definition } = draft;
  draft.timers.set(step.name, patienceOf(timeout, attempts));
  if (!request) return;
  const message = request(draft.state, { id, requestId: requestIdOf(definition.name, id, step.name, group) });
  if (message.aggregateId !== id)
    throw new Error(
      `saga ${definition.name} sends ${message.definition.type} of ${message.aggregateId} for step ${step.name} of ${id}; publish it with the id of the saga, so that a cancel cannot overtake its request: .of(id, ...)`,
    );
  draft.messages.push(message);
}

const active = new Set(['requested', 'failed', 'compensating']);

/** A step that was sent as often as `attempts` needs an operator. */
export function noteStuck<State>(draft: Draft<State>): void {
  const isStuck = [...draft.steps.values()].some(
    ({ status, attempts }) => active.has(status) && attempts >= draft.definition.attempts,
  );
  if (!isStuck || draft.isStuck) return;
  draft.isStuck = true;
  draft.changes.push({ change: 'stuck' });
}

/** After progress, a saga is stuck only because of another step. */
export function noteProgress<State>(draft: Draft<State>): void {
  const wasStuck = draft.isStuck;
  const changes = draft.changes.length;
  draft.isStuck = false;
  noteStuck(draft);
  if (wasStuck && draft.isStuck) draft.changes.length = changes;
}

/** Ends the saga and cancels its timers. */
export function endSaga<State>(draft: Draft<State>, status: 'completed' | 'compensated'): void {
  draft.status = status;
  draft.isStuck = false;
  draft.early = [];
  draft.changes.push({ change: status });
  draft.timers.clear();
  for (const name of ['deadline', ...draft.steps.keys()]) draft.timers.set(name, undefined);
  const events = draft.definition[status](draft.state, { id: draft.id });
  draft.messages.push(...(Array.isArray(events) ? (events as readonly NewEvent[]) : [events as NewEvent]));
}
