import type { Shape, StepShape } from './random-saga.ts';

/** An input of a saga, as the outside sees it. `group` is the number of the request that is answered; undefined: it is not named. */
export type Input =
  | { kind: 'done' | 'refused' | 'undone'; step: string; group: number | undefined }
  | { kind: 'timer'; name: string }
  | { kind: 'retry' | 'compensate' | 'complete' }
  | { kind: 'skip'; step: string };

/** A saga as its tables and its messages show it. */
export interface Picture {
  status: string;
  isStuck: boolean;
  steps: Record<string, string>;
  timers: string[];
  sent: string[];
  early: string[];
}

/** The facts about a step. */
interface Facts extends StepShape {
  name: string;
  stage: number;
  isPivot: boolean;
  group: number;
  sends: number;
  is: 'idle' | 'asked' | 'done' | 'refused' | 'cancelled' | 'undone' | 'skipped';
}

const names: Record<Facts['is'], string> = {
  idle: 'pending',
  asked: 'requested',
  done: 'succeeded',
  refused: 'failed',
  cancelled: 'compensating',
  undone: 'compensated',
  skipped: 'skipped',
};

type AnswerInput = Extract<Input, { group: unknown }>;
const isAnswer = (input: Input): input is AnswerInput => 'group' in input;

/** The rules of a saga in a test. */
export interface ReferenceSaga {
  picture(): Picture;
  /** Returns the saga after an input; undefined if the saga refuses it. */
  take(input: Input): Picture | undefined;
}

/**
 * The rules of docs/sagas.md a second time, for comparison: facts about each step, from which the next messages follow. It shares no code
 * with the machine.
 */
export function createReferenceSaga({ stages, pivot: place }: Shape, attempts: number): ReferenceSaga {
  const steps = factsOf(stages, place);
  const timers = new Set(['deadline']);
  const early = new Map<string, 'done' | 'refused'>();
  let status = 'running';
  let isStuck = false;
  let sent: string[] = [];

  function picture(): Picture {
    return {
      ...{ status, isStuck },
      steps: Object.fromEntries(steps.map(({ name, is, group }) => [name, `${names[is]} ${group}`])),
      ...{ timers: [...timers].toSorted(), sent, early: [...early.keys()].toSorted() },
    };
  }

  function take(input: Input): Picture | undefined {
    sent = [];
    const isEnded = status.startsWith('comp') && status !== 'compensating';
    if (isEnded) return isAnswer(input) ? picture() : undefined;
    const isPossible = apply(input);
    return isPossible ? picture() : undefined;
  }

  function apply(input: Input): boolean {
    if (input.kind === 'timer') return fire(input.name);
    if (input.kind === 'skip') return skip(find(input.step));
    if (input.kind === 'retry') return retry();
    if (input.kind === 'compensate') return status === 'running' && mayTurn() && turn();
    if (input.kind === 'complete') return end(status === 'running' ? 'completed' : 'compensated');
    if (!isAnswer(input)) return false;
    const step = find(input.step);
    if (input.group === undefined || input.group === step.group) hear(step, input.kind);
    return true;
  }

  function hear(step: Facts, answer: 'done' | 'refused' | 'undone'): void {
    if (answer === 'undone') {
      if (step.is === 'cancelled') settle(step, 'undone');
    } else if (status === 'running' && step.is === 'idle') {
      if (!early.has(step.name)) early.set(step.name, answer);
    } else if (status === 'running' ? step.is === 'asked' : step.is === 'idle' && answer === 'done') {
      settle(step, answer);
    }
  }

  /** A step has its answer, or its cancel has. */
  function settle(step: Facts, is: 'done' | 'refused' | 'undone'): void {
    step.is = is;
    timers.delete(step.name);
    const isForward = steps.some((each) => each.isPivot && ['done', 'skipped'].includes(each.is));
    if (is === 'refused' && !isForward) turn();
    else {
      if (is === 'refused') timers.add(step.name);
      goOn();
    }
  }

  function fire(name: string): boolean {
    timers.delete(name);
    const step = steps.find((each) => each.name === name);
    if (!step) {
      if (mayTurn()) turn();
      else isStuck = true;
    } else if (step.is === 'cancelled') send(step, 'cancel');
    else {
      const isPatient = step.retries && step.sends < attempts;
      if (step.is === 'asked' && mayTurn() && !isPatient) turn();
      else send(step, 'request');
    }
    return true;
  }

  function skip(step: Facts): boolean {
    const open = status === 'running' ? ['idle', 'asked', 'refused'] : ['cancelled'];
    if (!open.includes(step.is)) return false;
    step.is = 'skipped';
    timers.delete(step.name);
    isStuck = false;
    goOn();
    return true;
  }

  function retry(): boolean {
    const isForward = status === 'running';
    const waiting = steps.filter(({ is }) =>
      isForward ? is === 'asked' || is === 'refused' : is === 'cancelled',
    );
    if (waiting.length === 0) return false;
    isStuck = false;
    for (const step of waiting) {
      step.sends = 0;
      send(step, isForward ? 'request' : 'cancel');
    }
    return true;
  }

  /** Whether nothing is past the pivot, and no pivot that cannot be undone is on its way. */
  function mayTurn(): boolean {
    const pivot = steps.find(({ isPivot }) => isPivot);
    if (!pivot) return true;
    return !['done', 'skipped'].includes(pivot.is) && (pivot.isUndone || pivot.is !== 'asked');
  }

  function turn(): true {
    status = 'compensating';
    timers.clear();
    for (const [name, answer] of early) {
      const step = find(name);
      if (answer === 'done' && step.is === 'idle') step.is = 'done';
    }
    early.clear();
    goOn();
    return true;
  }

  function end(as: 'completed' | 'compensated'): true {
    status = as;
    isStuck = false;
    timers.clear();
    early.clear();
    sent.push(as);
    return true;
  }

  /** Sends everything that is due. */
  function goOn(): void {
    if (status === 'running') goForward();
    else goBackward();
    if (status === 'running' || status === 'compensating') isStuck = isAnyStuck();
  }

  function goForward(): void {
    const isOver = ({ is }: Facts): boolean => is === 'done' || is === 'skipped';
    const next = steps.find((step) => !isOver(step))?.stage;
    if (next === undefined) return void end('completed');
    for (const step of steps) if (step.stage === next && step.is === 'idle') send(step, 'request');
    for (const [name, answer] of early) {
      const step = find(name);
      if (step.is !== 'asked') continue;
      early.delete(name);
      return settle(step, answer);
    }
  }

  function goBackward(): void {
    const mayBeThere = ({ is, hasRequest }: Facts): boolean =>
      is === 'asked' || is === 'done' || (is === 'idle' && !hasRequest);
    for (let stage = steps.at(-1)?.stage ?? -1; stage >= 0; stage -= 1) {
      const own = steps.filter((step) => step.stage === stage);
      for (const step of own.filter(mayBeThere)) {
        if (step.isUndone) {
          step.sends = 0;
          send(step, 'cancel');
        } else if (step.is !== 'done') step.is = 'skipped';
      }
      if (own.some(({ is }) => is === 'cancelled')) return;
    }
    end('compensated');
  }

  function send(step: Facts, what: 'request' | 'cancel'): void {
    if (what === 'request') {
      if (step.is === 'refused') step.group += 1;
      step.is = 'asked';
    } else step.is = 'cancelled';
    step.sends += 1;
    timers.add(step.name);
    if (what === 'cancel' || step.hasRequest) sent.push(`${what} ${step.name} ${step.group}`);
    isStuck ||= isAnyStuck();
  }

  function isAnyStuck(): boolean {
    return steps.some(({ is, sends }) => ['asked', 'refused', 'cancelled'].includes(is) && sends >= attempts);
  }

  function find(name: string): Facts {
    const step = steps.find((each) => each.name === name);
    if (!step) throw new Error(`the saga has no step ${name}`);
    return step;
  }

  goOn();
  return { picture, take };
}

function factsOf(stages: Shape['stages'], pivot: number): Facts[] {
  const hasPivot = stages[pivot]?.length === 1;
  return stages.flatMap((stage, place) =>
    stage.map((shape, index): Facts => {
      const isAfter = hasPivot && place > pivot;
      return {
        ...{ ...shape, hasRequest: shape.hasRequest || isAfter, name: `s${place}-${index}`, stage: place },
        ...{ isPivot: hasPivot && place === pivot, group: 1, sends: 0, is: 'idle' },
      };
    }),
  );
}
