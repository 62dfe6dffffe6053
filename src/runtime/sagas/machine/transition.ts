import type { SagaEvent } from '../definition/reply.ts';
import type { SagaDefinition } from '../definition/saga.ts';
import type { SagaStep } from '../definition/step.ts';
import { abort, cancelAgain, compensate, confirm } from './backward.ts';
import { draftOf, requestIdOf, transitionOf, type Draft } from './draft.ts';
import { advance, canAbort, failStep, succeed, timeOutForward } from './forward.ts';
import {
  DEADLINE,
  isEnded,
  type EarlyReply,
  type IgnoredBecause,
  type SagaInstance,
  type StepState,
  type Transition,
} from './instance.ts';
import { answersOf, type StepAnswer } from './answers.ts';

/** Starts a saga. `early` are replies that arrived before. Pure. */
export function startSaga<State>(
  definition: SagaDefinition<State>,
  event: SagaEvent,
  early: readonly EarlyReply[] = [],
): Transition<State> {
  const pending: StepState = { status: 'pending', group: 1, attempts: 0 };
  const draft = draftOf(definition, {
    id: definition.startedBy.id(event),
    status: 'running',
    isStuck: false,
    state: definition.startedBy.state(event),
    steps: new Map([...definition.steps.keys()].map((name) => [name, pending])),
    early,
  });
  draft.changes.push({ change: 'started' });
  draft.timers.set(DEADLINE, definition.deadline);
  advance(draft);
  return transitionOf(draft);
}

/** Applies an event to the steps of this saga that it answers. Pure. */
export function receiveReply<State>(
  definition: SagaDefinition<State>,
  instance: SagaInstance<State>,
  event: SagaEvent,
): Transition<State> {
  const draft = draftOf(definition, instance);
  if (isEnded(instance)) return transitionOf(draft, 'ended');
  let ignored: IgnoredBecause | undefined;
  let isApplied = false;
  for (const answer of answersOf(definition, event).filter((each) => each.id === instance.id)) {
    const because = isEnded(draft) ? 'settled' : applyAnswer(draft, answer, event);
    ignored ??= because;
    isApplied ||= because === undefined;
  }
  return transitionOf(draft, isApplied ? undefined : (ignored ?? 'settled'));
}

/** Resolves to why the answer changed nothing; undefined if it did. */
function applyAnswer<State>(
  draft: Draft<State>,
  { step, outcome, requestId }: StepAnswer<State>,
  event: SagaEvent,
): IgnoredBecause | undefined {
  const known = draft.steps.get(step.name);
  if (!known) return 'settled';
  const expected = requestIdOf(draft.definition.name, draft.id, step.name, known.group);
  if (requestId !== undefined && requestId !== expected) return 'outdated';
  if (outcome === 'confirmed') {
    if (known.status !== 'compensating') return 'settled';
    confirm(draft, step);
    return undefined;
  }
  if (draft.status === 'compensating') return answerLate(draft, step, outcome, known, event);
  if (known.status === 'pending') return keepEarly(draft, { step: step.name, outcome, event });
  if (known.status !== 'requested') return 'settled';
  if (outcome === 'success') succeed(draft, step, event);
  else failStep(draft, step, event);
  advance(draft);
  return undefined;
}

/** An answer to a step whose turn has not come. The first one of a step counts. */
function keepEarly<State>(draft: Draft<State>, reply: EarlyReply): IgnoredBecause | undefined {
  if (draft.early.some(({ step }) => step === reply.step)) return 'settled';
  draft.early.push(reply);
  draft.changes.push({ step: reply.step, change: 'answered early' });
  return undefined;
}

/** A success of a step that was never requested needs a compensation, too; the others are canceled already. */
function answerLate<State>(
  draft: Draft<State>,
  step: SagaStep<State>,
  outcome: 'success' | 'failure',
  { status }: StepState,
  event: SagaEvent,
): IgnoredBecause | undefined {
  if (outcome === 'failure' || status !== 'pending') return 'settled';
  succeed(draft, step, event);
  compensate(draft);
  return undefined;
}

/** Applies a timer that is due. Pure. A timer of an ended saga, or of a step that no longer waits, changes nothing. */
export function fireTimer<State>(
  definition: SagaDefinition<State>,
  instance: SagaInstance<State>,
  name: string,
): Transition<State> {
  const draft = draftOf(definition, instance);
  if (isEnded(instance)) return transitionOf(draft, 'ended');
  draft.timers.set(name, undefined);
  if (name === DEADLINE) return transitionOf(draft, passDeadline(draft));
  const step = definition.steps.get(name);
  const status = instance.steps.get(name)?.status;
  if (!step || !status) return transitionOf(draft, 'settled');
  if (status === 'compensating') cancelAgain(draft, step);
  else if (instance.status === 'running' && (status === 'requested' || status === 'failed'))
    timeOutForward(draft, step);
  else return transitionOf(draft, 'settled');
  return transitionOf(draft);
}

function passDeadline<State>(draft: Draft<State>): IgnoredBecause | undefined {
  if (draft.status !== 'running') return 'settled';
  draft.changes.push({ change: 'timed out' });
  if (canAbort(draft)) {
    abort(draft);
    return undefined;
  }
  draft.isStuck = true;
  draft.changes.push({ change: 'stuck' });
  return undefined;
}
