import type { ObjectSchema } from 'joi';
import type { EventDefinition, NewEvent, Upcast } from '../../events/event/definition.ts';
import { checkSchema } from '../../schemas/schema-bounds.ts';
import type { Reply } from './reply.ts';
import type { SagaStart } from './start.ts';
import { checkName, durationIn, type Duration, type SagaStage, type SagaStep } from './step.ts';

/** Returns the events that report the end of a saga. Pure. */
export type EndEvents<State> = (state: State, ids: { readonly id: string }) => NewEvent | readonly NewEvent[];

export interface SagaSettings<State> {
  /** Up to 64 lowercase letters, digits and hyphens. A saga with another name is a new saga. */
  name: string;
  /** Increases with every change of the state that an older release would not understand. */
  version: number;
  /** The schema of the state as JSON. */
  state: ObjectSchema<State>;
  startedBy: SagaStart<NoInfer<State>>;
  /** How long the saga may take before it is compensated; default: 1d. After the pivot, it becomes stuck instead. */
  deadline?: Duration;
  /** The events of the end if all steps succeeded. */
  completed?: EndEvents<NoInfer<State>>;
  /** The events of the end if the steps were undone. */
  compensated?: EndEvents<NoInfer<State>>;
  /** How often a step or a compensation is requested before the saga becomes stuck; default: 10. It is then requested once an hour. */
  attempts?: number;
  /** `{ 1: lift }` converts the state of version 1 to version 2, for sagas that an older release started. */
  upcasts?: Readonly<Record<number, Upcast>>;
  /** Where the first start begins to read replies; default: latest. */
  from?: 'earliest' | 'latest';
}

/** A saga; created by `defineSaga`. */
export interface SagaDefinition<State = unknown> {
  readonly name: string;
  readonly version: number;
  readonly schema: ObjectSchema<State>;
  readonly startedBy: SagaStart<State>;
  readonly stages: readonly SagaStage<State>[];
  readonly steps: ReadonlyMap<string, SagaStep<State>>;
  /** In milliseconds. */
  readonly deadline: number;
  readonly attempts: number;
  readonly completed: EndEvents<State>;
  readonly compensated: EndEvents<State>;
  readonly upcasts: Readonly<Record<number, Upcast>>;
  readonly from: 'earliest' | 'latest';
}

const none = (): readonly NewEvent[] => [];

/**
 * Defines a saga: steps in other services, each with an answer and a timeout, that all succeed or are undone. Throws if a name, the
 * version, a time or the order of the steps is invalid. `bus.addSaga` runs it.
 */
export function defineSaga<State>(
  settings: SagaSettings<State>,
  stages: readonly SagaStage<State>[],
): SagaDefinition<State> {
  const { name, version, state, startedBy, deadline = '1d', attempts = 10, upcasts = {} } = settings;
  checkName('saga', name);
  checkVersion(name, version, upcasts);
  checkSchema(state, `the state of saga ${name}`);
  if (!Number.isSafeInteger(attempts) || attempts < 1)
    throw new Error(`saga ${name} has attempts ${attempts}; use 1, 2, 3, ...`);
  const steps = stages.flatMap((stage) => stage.steps);
  checkSteps(name, stages, steps);
  checkEvents(name, [startedBy.event, ...steps.flatMap(repliesOf).map(({ event }) => event)]);
  return Object.freeze({
    ...{ name, version, startedBy, stages, attempts, upcasts, schema: state },
    steps: new Map(steps.map((each) => [each.name, each])),
    deadline: durationIn(`the deadline of saga ${name}`, deadline),
    completed: settings.completed ?? none,
    compensated: settings.compensated ?? none,
    from: settings.from ?? 'latest',
  });
}

/** Returns all events that answer a step or confirm its compensation. */
export const repliesOf = <State>({
  success,
  failure,
  compensation,
}: SagaStep<State>): readonly Reply<State>[] => [...success, ...failure, ...(compensation?.confirmed ?? [])];

function checkVersion(name: string, version: number, upcasts: SagaSettings<never>['upcasts'] = {}): void {
  if (!Number.isSafeInteger(version) || version < 1)
    throw new Error(`saga ${name} has version ${version}; versions are 1, 2, 3, ...`);
  const misplaced = Object.keys(upcasts).find((from) => !(Number(from) >= 1 && Number(from) < version));
  if (misplaced)
    throw new Error(
      `saga ${name} version ${version} has an upcast from version ${misplaced}; upcasts are from older versions`,
    );
}

function checkSteps<State>(
  saga: string,
  stages: readonly SagaStage<State>[],
  steps: readonly SagaStep<State>[],
): void {
  if (steps.length === 0) throw new Error(`saga ${saga} has no steps; add step('...', { ... })`);
  const names = steps.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`saga ${saga} has two steps ${twice}; give each step a different name`);
  const pivots = steps.filter(({ isPivot }) => isPivot);
  if (pivots.length > 1)
    throw new Error(
      `saga ${saga} has ${pivots.length} pivots; it can have one: ${pivots.map(({ name }) => name).join(', ')}`,
    );
  const crowded = stages.find(
    (stage) => stage.steps.length > 1 && stage.steps.some(({ isPivot }) => isPivot),
  );
  if (crowded) throw new Error(`saga ${saga} has its pivot in all([...]); let the pivot run alone`);
  const after = steps.slice(steps.findIndex(({ isPivot }) => isPivot) + 1);
  const silent = pivots.length > 0 && after.find(({ request }) => !request);
  if (silent)
    throw new Error(
      `step ${silent.name} of saga ${saga} has no request, but a step after the pivot is requested until it succeeds; add \`request\``,
    );
}

/** A subscription has one handler for each type of event. */
function checkEvents(saga: string, events: readonly EventDefinition[]): void {
  for (const event of events) {
    const other = events.find(({ type, topic }) => type === event.type && topic === event.topic);
    if (other === event) continue;
    throw new Error(
      `saga ${saga} uses two definitions of ${event.type}, versions ${other?.version} and ${event.version}; use one definition`,
    );
  }
}
