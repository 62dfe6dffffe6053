import fc from 'fast-check';
import joi from 'joi';
import { defineEvent } from '../../../src/runtime/events/event/definition.ts';
import { reply } from '../../../src/runtime/sagas/definition/reply.ts';
import { defineSaga, type SagaDefinition } from '../../../src/runtime/sagas/definition/saga.ts';
import { startedBy } from '../../../src/runtime/sagas/definition/start.ts';
import { all, step, type SagaStage } from '../../../src/runtime/sagas/definition/step.ts';

/** The data of all messages. */
export interface Message {
  step: string;
  requestId: string;
}

const schema = joi.object<Message>({
  step: joi.string().required(),
  requestId: joi.string().allow('').required(),
});
const define = (type: string) => defineEvent({ type, version: 1, topic: 'x.events', aggregate: 'x', schema });
export const began = define('x.began');
export const requested = define('x.requested');
export const canceled = define('x.canceled');
export const succeeded = define('x.succeeded');
export const failed = define('x.failed');
export const confirmed = define('x.confirmed');
export const completed = define('x.completed');
export const compensated = define('x.compensated');
const end = { step: '-', requestId: '-' };
export const ATTEMPTS = 3;

/** The settings of a step. */
export interface StepShape {
  hasRequest: boolean;
  retries: boolean;
  /** Whether it can be undone. */
  isUndone: boolean;
}
/** The steps of a saga. */
export interface Shape {
  stages: StepShape[][];
  /** The stage that is the pivot, if it has one step. */
  pivot: number;
}

/** @param isUndone whether a step can be undone */
export const shapes = (isUndone: fc.Arbitrary<boolean>): fc.Arbitrary<Shape> =>
  fc.record({
    stages: fc.array(
      fc.array(fc.record({ hasRequest: fc.boolean(), retries: fc.boolean(), isUndone }), {
        minLength: 1,
        maxLength: 3,
      }),
      { minLength: 1, maxLength: 4 },
    ),
    pivot: fc.integer({ min: 0, max: 5 }),
  });

/** Returns the shape as a definition; its steps are `s<stage>-<index>`. */
export function definitionOf({ stages, pivot }: Shape): SagaDefinition<object> {
  const answer = (definition: typeof began, name: string) =>
    reply<object, Message>(definition, {
      id: ({ subject }) => subject,
      requestId: ({ data }) => data.requestId || undefined,
      when: ({ data }) => data.step === name,
    });
  const stepOf = (shapeOfStep: StepShape, name: string, isPivot: boolean): SagaStage<object> =>
    step<object>(name, {
      ...(shapeOfStep.hasRequest && {
        request: (_state, { id, requestId }) => requested.of(id, { step: name, requestId }),
      }),
      success: answer(succeeded, name),
      failure: answer(failed, name),
      ...(shapeOfStep.isUndone && {
        compensation: {
          request: (_state, { id, requestId }) => canceled.of(id, { step: name, requestId }),
          confirmed: answer(confirmed, name),
        },
      }),
      onTimeout: shapeOfStep.retries ? 'retry' : 'compensate',
      pivot: isPivot,
    });
  return defineSaga(
    {
      name: 'x',
      version: 1,
      state: joi.object<object>({}).unknown(),
      startedBy: startedBy(began, { id: ({ subject }) => subject, state: () => ({}) }),
      attempts: ATTEMPTS,
      completed: (_state, { id }) => completed.of(id, end),
      compensated: (_state, { id }) => compensated.of(id, end),
    },
    stages.map((steps, place) => {
      const isPivot = place === pivot && steps.length === 1;
      const isAfter = place > pivot && stages[pivot]?.length === 1;
      return all(
        steps.map((each, index) =>
          // a reaction cannot be repeated, so it has no place after the pivot
          stepOf({ ...each, hasRequest: each.hasRequest || isAfter }, `s${place}-${index}`, isPivot),
        ),
      );
    }),
  );
}
