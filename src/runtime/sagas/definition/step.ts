import { durationOf } from '../../async/duration.ts';
import type { NewEvent } from '../../events/event/definition.ts';
import type { Reply } from './reply.ts';

/** A time: seconds, minutes, hours or days. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

/** The ids of a request, for its event. */
export interface RequestIds {
  /** The id of the saga. The event's aggregate has the same id, so that a cancel never overtakes its request. */
  readonly id: string;
  /**
   * The same for each repetition of the request and for its cancel. A participant stores its answer under this id, and answers a
   * repetition with the stored answer.
   */
  readonly requestId: string;
}

export interface CompensationSettings<State> {
  /** Returns the event that cancels the request. Pure. */
  request: (state: State, ids: RequestIds) => NewEvent;
  /** The events that confirm the cancel. */
  confirmed: Reply<State> | readonly Reply<State>[];
  /** When the cancel is requested again; default: 10m. The time doubles with each attempt, up to an hour. */
  timeout?: Duration;
}

export interface StepSettings<State> {
  /**
   * Returns the event that requests the step. Pure. Without it, the step waits for the reaction of another service to the event that
   * started the saga.
   */
  request?: (state: State, ids: RequestIds) => NewEvent;
  success: Reply<State> | readonly Reply<State>[];
  failure?: Reply<State> | readonly Reply<State>[];
  /** How the step is undone. Without it, the step has nothing to undo. */
  compensation?: CompensationSettings<State>;
  /** How long the step may remain unanswered; default: 10m. */
  timeout?: Duration;
  /**
   * What follows the timeout: `compensate` cancels this step and undoes those before it, `retry` requests the step again first.
   * Default: compensate. After the pivot, each step is requested again.
   */
  onTimeout?: 'compensate' | 'retry';
  /** The step after which the saga only goes forward. */
  pivot?: boolean;
}

/** A step with all of its settings; times are in milliseconds. */
export interface SagaStep<State> {
  readonly name: string;
  readonly request: StepSettings<State>['request'];
  readonly success: readonly Reply<State>[];
  readonly failure: readonly Reply<State>[];
  readonly compensation:
    | { request: CompensationSettings<State>['request']; confirmed: readonly Reply<State>[]; timeout: number }
    | undefined;
  readonly timeout: number;
  readonly onTimeout: 'compensate' | 'retry';
  readonly isPivot: boolean;
}

/** Steps that run at the same time: one, or those of `all`. */
export interface SagaStage<State> {
  readonly steps: readonly SagaStep<State>[];
}

const DEFAULT_TIMEOUT: Duration = '10m';
const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;
/** Timers with these names belong to the saga itself. */
const reserved = new Set(['deadline', 'operator']);

/** Defines a step of a saga. Do not change the name: a step with another name is a new step. */
export function step<State>(name: string, settings: StepSettings<State>): SagaStage<State> {
  checkName('step', name);
  if (reserved.has(name)) throw new Error(`a step cannot have the name ${name}; use another name`);
  const { request, success, failure = [], compensation, pivot = false } = settings;
  const { timeout = DEFAULT_TIMEOUT, onTimeout = 'compensate' } = settings;
  const defined: SagaStep<State> = {
    ...{ name, request, onTimeout, isPivot: pivot },
    success: listOf(success),
    failure: listOf(failure),
    compensation: compensation && {
      request: compensation.request,
      confirmed: listOf(compensation.confirmed),
      timeout: durationIn(
        `the timeout of the compensation of ${name}`,
        compensation.timeout ?? DEFAULT_TIMEOUT,
      ),
    },
    timeout: durationIn(`the timeout of step ${name}`, timeout),
  };
  if (defined.success.length === 0)
    throw new Error(`step ${name} has no success, so it would never end; add \`success: reply(...)\``);
  return { steps: [defined] };
}

/** Runs steps at the same time. The next step begins when all of them have succeeded. */
export function all<State>(stages: readonly SagaStage<State>[]): SagaStage<State> {
  const steps = stages.flatMap((stage) => stage.steps);
  if (steps.length === 0) throw new Error('all([]) has no steps; name at least one');
  return { steps };
}

/** Throws if a saga or a step cannot have this name. */
export function checkName(what: string, name: string): void {
  if (typeof name === 'string' && name.length <= LONGEST_NAME && namePattern.test(name)) return;
  throw new Error(
    `${JSON.stringify(name)} is not a valid name of a ${what}; use up to ${LONGEST_NAME} lowercase letters, digits and hyphens, as in place-order`,
  );
}

/** Converts a duration of a definition; `what` names it in the error. */
export function durationIn(what: string, duration: Duration): number {
  const time = durationOf(duration);
  if (time === undefined || time === 0)
    throw new Error(`${what} is ${JSON.stringify(duration)}; write 90s, 10m, 2h or 3d, for example`);
  return time;
}

const listOf = <T extends object>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];
