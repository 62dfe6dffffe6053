import type { SagaEvent } from '../definition/reply.ts';
import type { SagaStage, SagaStep } from '../definition/step.ts';
import { abort } from './backward.ts';
import { endSaga, noteProgress, noteStuck, patienceOf, send, setStep, type Draft } from './draft.ts';
import type { EarlyReply } from './instance.ts';

const isDone = (status: string | undefined): boolean => status === 'succeeded' || status === 'skipped';

/** The steps that an instance has are those of the release that started it. */
function currentStage<State>({ definition, steps }: Draft<State>): SagaStage<State> | undefined {
  return definition.stages.find((stage) =>
    stage.steps.some(({ name }) => steps.has(name) && !isDone(steps.get(name)?.status)),
  );
}

/** Whether the pivot is done, so that the saga only goes forward. */
export const isPastPivot = <State>({ definition, steps }: Draft<State>): boolean =>
  [...definition.steps.values()].some(({ name, isPivot }) => isPivot && isDone(steps.get(name)?.status));

/** Whether the saga can still be undone: the outcome of a pivot that has no compensation must be known first. */
export const canAbort = <State>(draft: Draft<State>): boolean =>
  !isPastPivot(draft) &&
  ![...draft.definition.steps.values()].some(
    ({ name, isPivot, compensation }) =>
      isPivot && !compensation && draft.steps.get(name)?.status === 'requested',
  );

/** Requests the next steps, applies their early replies, and completes the saga after the last step. */
export function advance<State>(draft: Draft<State>): void {
  while (draft.status === 'running') {
    const stage = currentStage(draft);
    if (!stage) return endSaga(draft, 'completed');
    for (const step of stage.steps)
      if (draft.steps.get(step.name)?.status === 'pending') requestStep(draft, step);
    const early = draft.early.find((each) => draft.steps.get(each.step)?.status === 'requested');
    if (!early) return noteProgress(draft);
    draft.early = draft.early.filter((each) => each !== early);
    applyEarly(draft, early);
  }
}

function requestStep<State>(draft: Draft<State>, step: SagaStep<State>): void {
  setStep(draft, step.name, { status: 'requested', attempts: 1 });
  draft.changes.push({ step: step.name, change: 'requested' });
  send(draft, step, step.request, step.timeout);
}

function applyEarly<State>(draft: Draft<State>, { step: name, outcome, event }: EarlyReply): void {
  const step = draft.definition.steps.get(name);
  if (!step) return;
  if (outcome === 'success') succeed(draft, step, event);
  else failStep(draft, step, event);
}

/** The participant has done the step. `advance` requests the next one. */
export function succeed<State>(draft: Draft<State>, step: SagaStep<State>, event: SagaEvent): void {
  const answer = step.success.find((each) => each.event.type === event.type && each.applies(event));
  draft.state = answer?.state(draft.state, event) ?? draft.state;
  setStep(draft, step.name, { status: 'succeeded' });
  draft.timers.set(step.name, undefined);
  draft.changes.push({ step: step.name, change: 'succeeded' });
}

/** The participant has refused the step: the saga is undone, or after the pivot requests the step again. */
export function failStep<State>(draft: Draft<State>, step: SagaStep<State>, event: SagaEvent): void {
  const answer = step.failure.find((each) => each.event.type === event.type && each.applies(event));
  draft.state = answer?.state(draft.state, event) ?? draft.state;
  setStep(draft, step.name, { status: 'failed' });
  draft.timers.set(step.name, undefined);
  if (!isPastPivot(draft)) {
    draft.changes.push({ step: step.name, change: 'failed' });
    return abort(draft);
  }
  draft.changes.push({ step: step.name, change: 'failed after the pivot' });
  draft.timers.set(step.name, patienceOf(step.timeout, draft.steps.get(step.name)?.attempts ?? 1));
}

/** No answer within the timeout; or the pause after a failure is over. */
export function timeOutForward<State>(draft: Draft<State>, step: SagaStep<State>): void {
  const { status, attempts = 0 } = draft.steps.get(step.name) ?? {};
  if (status === 'requested') draft.changes.push({ step: step.name, change: 'timed out' });
  const isRetried = step.onTimeout === 'retry' && attempts < draft.definition.attempts;
  if (status === 'requested' && canAbort(draft) && !isRetried) return abort(draft);
  requestAgain(draft, step);
}

/** Repeats the request with the same id, or after a failure with a new one. */
export function requestAgain<State>(draft: Draft<State>, step: SagaStep<State>): void {
  const { status, group = 1, attempts = 0 } = draft.steps.get(step.name) ?? {};
  const next = status === 'failed' ? group + 1 : group;
  setStep(draft, step.name, { status: 'requested', group: next, attempts: attempts + 1 });
  draft.changes.push({ step: step.name, change: 'requested again' });
  send(draft, step, step.request, step.timeout);
  noteStuck(draft);
}
