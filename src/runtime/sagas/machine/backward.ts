import type { SagaStep } from '../definition/step.ts';
import { endSaga, noteProgress, noteStuck, send, setStep, type Draft } from './draft.ts';
import { DEADLINE } from './instance.ts';

/** Turns the saga around: it undoes each step that may have had an effect. */
export function abort<State>(draft: Draft<State>): void {
  draft.status = 'compensating';
  draft.changes.push({ change: 'compensating' });
  draft.timers.set(DEADLINE, undefined);
  for (const name of draft.steps.keys()) draft.timers.set(name, undefined);
  for (const { step, outcome } of draft.early)
    if (outcome === 'success' && draft.steps.get(step)?.status === 'pending')
      setStep(draft, step, { status: 'succeeded' });
  draft.early = [];
  compensate(draft);
}

/**
 * Whether the step may have had an effect: it was requested, whatever the answer, except a refusal. A step without a request is a
 * reaction to the event that started the saga, so it may have happened although its turn never came.
 */
function mayHaveEffect<State>(draft: Draft<State>, { name, request }: SagaStep<State>): boolean {
  const status = draft.steps.get(name)?.status;
  return status === 'requested' || status === 'succeeded' || (status === 'pending' && !request);
}

/** Cancels the steps of the last stage that may have had an effect; ends the saga if there is none. */
export function compensate<State>(draft: Draft<State>): void {
  for (const { steps } of draft.definition.stages.toReversed()) {
    for (const step of steps) if (mayHaveEffect(draft, step)) cancel(draft, step);
    if (steps.some(({ name }) => draft.steps.get(name)?.status === 'compensating'))
      return noteProgress(draft);
  }
  if (!draft.isStuck && isAnyUnknown(draft)) draft.changes.push({ change: 'stuck' });
  if (isAnyUnknown(draft)) draft.isStuck = true;
  else endSaga(draft, 'compensated');
}

function cancel<State>(draft: Draft<State>, step: SagaStep<State>): void {
  if (!step.compensation) {
    if (draft.steps.get(step.name)?.status !== 'succeeded') setStep(draft, step.name, { status: 'skipped' });
    return;
  }
  setStep(draft, step.name, { status: 'compensating', attempts: 1 });
  draft.changes.push({ step: step.name, change: 'compensating' });
  send(draft, step, step.compensation.request, step.compensation.timeout);
}

/** A step that this release no longer has may have had an effect, and only an operator can undo it. */
const isAnyUnknown = <State>({ definition, steps }: Draft<State>): boolean =>
  [...steps].some(
    ([name, { status }]) =>
      !definition.steps.has(name) && ['requested', 'succeeded', 'compensating'].includes(status),
  );

/** The participant has confirmed the cancel. */
export function confirm<State>(draft: Draft<State>, step: SagaStep<State>): void {
  setStep(draft, step.name, { status: 'compensated' });
  draft.timers.set(step.name, undefined);
  draft.changes.push({ step: step.name, change: 'compensated' });
  compensate(draft);
}

/** Repeats the cancel with the same id. */
export function cancelAgain<State>(draft: Draft<State>, step: SagaStep<State>): void {
  if (!step.compensation) return;
  const attempts = (draft.steps.get(step.name)?.attempts ?? 0) + 1;
  setStep(draft, step.name, { attempts });
  draft.changes.push({ step: step.name, change: 'cancel requested again' });
  send(draft, step, step.compensation.request, step.compensation.timeout);
  noteStuck(draft);
}
