import { requestIdOf } from '../../../src/runtime/sagas/machine/draft.ts';

/** What happened to a request in another service. */
interface Work {
  isDone: boolean;
  answers: { outcome: 'success' | 'failure'; requestId: string } | undefined;
  isCanceled: boolean;
}

/**
 * The services of a saga, as the model of its rules: each request has an effect, or is refused, once; a cancel undoes the effect, and
 * one that comes first prevents it. It knows nothing about the saga but the messages that it gets.
 */
export interface Participants {
  /** Returns the answer; the same for a repetition. Undefined after a cancel. */
  request(requestId: string, refuses: boolean): 'success' | 'failure' | undefined;
  cancel(requestId: string): void;
  /** The steps that have an effect, by name. */
  effects(): string[];
  /** Adds the effect of a step without a request, a reaction to the event that starts the saga. */
  react(step: string, refuses: boolean): 'success' | 'failure' | undefined;
}

export function createParticipants(saga: string, id: string): Participants {
  const works = new Map<string, Work>();
  const workOf = (requestId: string): Work => {
    const work = works.get(requestId) ?? { isDone: false, answers: undefined, isCanceled: false };
    works.set(requestId, work);
    return work;
  };
  function request(requestId: string, refuses: boolean): 'success' | 'failure' | undefined {
    const work = workOf(requestId);
    if (work.isCanceled) return undefined;
    work.answers ??= { outcome: refuses ? 'failure' : 'success', requestId };
    work.isDone = work.answers.outcome === 'success';
    return work.answers.outcome;
  }
  return {
    request,
    cancel(requestId) {
      const work = workOf(requestId);
      work.isCanceled = true;
      work.isDone = false;
    },
    effects: () =>
      [...works]
        .flatMap(([requestId, { isDone }]) => (isDone ? [requestId.split('/')[2] ?? ''] : []))
        .toSorted(),
    react: (step, refuses) => request(requestIdOf(saga, id, step, 1), refuses),
  };
}
