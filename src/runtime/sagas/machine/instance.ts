import type { NewEvent } from '../../events/event/definition.ts';
import type { SagaEvent } from '../definition/reply.ts';

/** `running` goes forward, `compensating` undoes the steps; the others are ends. */
export type SagaStatus = 'running' | 'compensating' | 'completed' | 'compensated';

/**
 * `failed` after the answer of the participant, `skipped` by an operator, or because there was nothing to undo. `compensating` waits
 * for the confirmation of the cancel.
 */
export type StepStatus =
  'pending' | 'requested' | 'succeeded' | 'failed' | 'compensating' | 'compensated' | 'skipped';

export interface StepState {
  readonly status: StepStatus;
  /** The number of its request; a new one follows a failure after the pivot. Repetitions of a request keep it. */
  readonly group: number;
  /** How often the request, or the cancel, was sent. */
  readonly attempts: number;
}

/** A reply that arrived before its step was requested. */
export interface EarlyReply {
  readonly step: string;
  readonly outcome: 'success' | 'failure';
  readonly event: SagaEvent;
}

/** A running or ended saga. */
export interface SagaInstance<State = unknown> {
  readonly id: string;
  readonly status: SagaStatus;
  /** It needs an operator: a request or a cancel was sent as often as `attempts`, or the deadline passed after the pivot. */
  readonly isStuck: boolean;
  readonly state: State;
  /** The steps of the release that started it; a later release may have others. */
  readonly steps: ReadonlyMap<string, StepState>;
  readonly early: readonly EarlyReply[];
}

/** A command of an operator. */
export type OperatorVerb =
  { readonly verb: 'retry' | 'compensate' | 'complete' } | { readonly verb: 'skip'; readonly step: string };

/** A change of a saga, for its history: `payment succeeded`. A change without a step is one of the saga. */
export interface SagaChange {
  readonly step?: string;
  readonly change:
    | StepStatus
    | SagaStatus
    | 'started'
    | 'requested again'
    | 'timed out'
    | 'cancel requested again'
    | 'answered early'
    | 'stuck'
    | 'failed after the pivot';
}

/** Why an input changed nothing. */
export type IgnoredBecause = 'settled' | 'outdated' | 'ended';

/** The result of an input: the saga afterwards, and all effects. */
export interface Transition<State = unknown> {
  readonly instance: SagaInstance<State>;
  /** The events to publish, in order. */
  readonly messages: readonly NewEvent[];
  /** The timers to set, each with milliseconds from now, or to cancel: undefined. */
  readonly timers: ReadonlyMap<string, number | undefined>;
  readonly changes: readonly SagaChange[];
  /** Set if the input changed nothing. */
  readonly ignored?: IgnoredBecause;
}

/** The timer of the saga itself; the others have the names of their steps. */
export const DEADLINE = 'deadline';

export const isEnded = ({ status }: Pick<SagaInstance, 'status'>): boolean =>
  status === 'completed' || status === 'compensated';
