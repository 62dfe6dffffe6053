import { createCallWindow } from './call-window.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerSettings {
  /** The breaker opens after this many failures in a row; default 5. */
  failureThreshold: number;
  /** It also opens if this share of the calls of a window fails, from 0 to 1; default 0.5. */
  failureRate: number;
  /** A window with fewer calls does not open it; default 20. */
  minimumCalls: number;
  /** The length of the window, in ms; default 10,000. */
  window: number;
  /** A call that takes longer counts as a failure of the window, in ms; default: none does. */
  slowCall?: number | undefined;
  /** The time in ms before an open breaker lets probes through; default 60,000. */
  recoveryTimeout: number;
}

/** `ignored`: the call says nothing about the other side, since it was canceled or never sent. */
export type CallOutcome = 'success' | 'failure' | 'ignored';

/** The right to one call. `settle` must be called once; later calls of it do nothing. */
export interface Permit {
  settle(outcome: CallOutcome): void;
}

export interface Breaker {
  /** Returns the right to a call; undefined if the call is rejected. */
  enter(): Permit | undefined;
  state(): BreakerState;
  /** Returns the time until the next probe, in ms; 0 unless the breaker is open. */
  untilProbe(): number;
}

interface Surroundings {
  now: () => number;
  /** A probe that has not settled after this time frees its slot, in ms. */
  probeTimeout: number;
  changed: (state: BreakerState) => void;
}

/** The probes of a half-open breaker. Further calls are rejected, since waiting ones would add up. */
const PROBES = 3;

/**
 * Creates a circuit breaker. It has no timers: an open breaker becomes half-open with the first call after `recoveryTimeout`. Three
 * successful probes close it, and one failed probe opens it again. A call that started in an earlier state changes nothing.
 */
export function createBreaker(
  settings: BreakerSettings,
  { now, probeTimeout, changed }: Surroundings,
): Breaker {
  const calls = createCallWindow(settings.window, now);
  const probes = new Map<object, number>();
  let state: BreakerState = 'closed';
  let since = now();
  let period = 0;
  let inRow = 0;
  let passed = 0;

  function become(next: BreakerState): void {
    [state, since, inRow, passed] = [next, now(), 0, 0];
    period += 1;
    calls.clear();
    probes.clear();
    changed(next);
  }

  const untilProbe = () => (state === 'open' ? Math.max(0, since + settings.recoveryTimeout - now()) : 0);

  function hasRoom(): boolean {
    for (const [probe, begun] of probes) if (now() - begun >= probeTimeout) probes.delete(probe);
    return probes.size + passed < PROBES;
  }

  function settleProbe(outcome: CallOutcome): void {
    if (outcome === 'failure') become('open');
    else if (outcome === 'success' && (passed += 1) === PROBES) become('closed');
  }

  function settleCall(outcome: CallOutcome, milliseconds: number): void {
    if (outcome === 'ignored') return;
    const isSlow = settings.slowCall !== undefined && milliseconds > settings.slowCall;
    inRow = outcome === 'failure' ? inRow + 1 : 0;
    calls.record(outcome === 'failure' || isSlow);
    if (inRow >= settings.failureThreshold || isFailing()) become('open');
  }

  function isFailing(): boolean {
    const totals = calls.totals();
    return totals.calls >= settings.minimumCalls && totals.failures >= totals.calls * settings.failureRate;
  }

  return {
    state: () => state,
    untilProbe,
    enter() {
      if (state === 'open' && untilProbe() === 0) become('half-open');
      if (state === 'open' || (state === 'half-open' && !hasRoom())) return undefined;
      const permit = { begun: now(), period };
      if (state === 'half-open') probes.set(permit, permit.begun);
      return {
        settle(outcome) {
          if (permit.period !== period) return;
          permit.period = -1;
          if (state === 'closed') settleCall(outcome, now() - permit.begun);
          else if (probes.delete(permit)) settleProbe(outcome);
        },
      };
    },
  };
}
