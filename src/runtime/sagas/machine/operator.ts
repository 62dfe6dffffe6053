import type { SagaDefinition } from '../definition/saga.ts';
import { abort, cancelAgain, compensate } from './backward.ts';
import { draftOf, endSaga, setStep, transitionOf, type Draft } from './draft.ts';
import { advance, canAbort, requestAgain } from './forward.ts';
import { isEnded, type OperatorVerb, type SagaInstance, type Transition } from './instance.ts';

/** The saga is in a state in which the verb of the operator is impossible; nothing was changed. */
export class SagaVerbError extends Error {
  override name = 'SagaVerbError';
}

/**
 * Applies a command of an operator. Pure. `retry` requests the unanswered steps or cancels again, and counts from one; `skip` treats
 * a step as done, or as undone while compensating; `compensate` undoes the saga; `complete` ends it without further requests.
 * Throws a `SagaVerbError` if the state of the saga does not allow it.
 */
export function operate<State>(
  definition: SagaDefinition<State>,
  instance: SagaInstance<State>,
  command: OperatorVerb,
): Transition<State> {
  if (isEnded(instance))
    throw new SagaVerbError(`saga ${definition.name} ${instance.id} has ended: it is ${instance.status}`);
  const draft = draftOf(definition, instance);
  if (command.verb === 'retry') retryNow(draft);
  else if (command.verb === 'skip') skipStep(draft, command.step);
  else if (command.verb === 'complete')
    endSaga(draft, draft.status === 'running' ? 'completed' : 'compensated');
  else compensateNow(draft);
  return transitionOf(draft);
}

function retryNow<State>(draft: Draft<State>): void {
  const waiting = [...draft.definition.steps.values()].filter(({ name }) =>
    ['requested', 'failed', 'compensating'].includes(draft.steps.get(name)?.status ?? ''),
  );
  const active = waiting.filter(
    ({ name }) => draft.status === 'running' || draft.steps.get(name)?.status === 'compensating',
  );
  if (active.length === 0)
    throw new SagaVerbError(
      `saga ${draft.definition.name} ${draft.id} waits for no step of this release; use skip or complete`,
    );
  draft.isStuck = false;
  for (const step of active) {
    setStep(draft, step.name, { attempts: 0 });
    (draft.status === 'running' ? requestAgain : cancelAgain)(draft, step);
  }
}

function skipStep<State>(draft: Draft<State>, name: string): void {
  const status = draft.steps.get(name)?.status;
  const isKnown = draft.definition.steps.has(name);
  const open = draft.status === 'running' ? ['pending', 'requested', 'failed'] : ['compensating'];
  if (!isKnown) open.push('requested', 'succeeded', 'compensating');
  if (!status || !open.includes(status))
    throw new SagaVerbError(
      `step ${name} of saga ${draft.definition.name} ${draft.id} is ${status ?? 'unknown'}, so it cannot be skipped; skip a step that is ${open.join(' or ')}`,
    );
  setStep(draft, name, { status: 'skipped' });
  draft.timers.set(name, undefined);
  draft.changes.push({ step: name, change: 'skipped' });
  draft.isStuck = false;
  if (draft.status === 'running') advance(draft);
  else compensate(draft);
}

function compensateNow<State>(draft: Draft<State>): void {
  if (draft.status !== 'running')
    throw new SagaVerbError(`saga ${draft.definition.name} ${draft.id} is compensating already`);
  if (!canAbort(draft))
    throw new SagaVerbError(
      `saga ${draft.definition.name} ${draft.id} cannot be compensated: its pivot is done, or its outcome is unknown; use retry or skip`,
    );
  abort(draft);
}
