import type { Reply, SagaEvent } from '../definition/reply.ts';
import type { SagaDefinition } from '../definition/saga.ts';
import type { SagaStep } from '../definition/step.ts';

/** A step that an event answers. */
export interface StepAnswer<State> {
  readonly step: SagaStep<State>;
  readonly outcome: 'success' | 'failure' | 'confirmed';
  readonly id: string;
  readonly requestId: string | undefined;
}

/** Returns the steps that an event answers, in the order of the definition. */
export function answersOf<State>(definition: SagaDefinition<State>, event: SagaEvent): StepAnswer<State>[] {
  return [...definition.steps.values()].flatMap((step) => [
    ...matching(step, 'success', step.success, event),
    ...matching(step, 'failure', step.failure, event),
    ...matching(step, 'confirmed', step.compensation?.confirmed ?? [], event),
  ]);
}

function matching<State>(
  step: SagaStep<State>,
  outcome: StepAnswer<State>['outcome'],
  replies: readonly Reply<State>[],
  event: SagaEvent,
): StepAnswer<State>[] {
  const answer = replies.find((each) => each.event.type === event.type && each.applies(event));
  return answer ? [{ step, outcome, id: answer.id(event), requestId: answer.requestId(event) }] : [];
}
