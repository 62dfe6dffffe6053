const SLICES = 10;

/** The calls of the last `length` milliseconds. */
export interface CallWindow {
  record(isFailure: boolean): void;
  totals(): { calls: number; failures: number };
  clear(): void;
}

/** Counts calls in ten slices, so its size does not depend on their number. A slice leaves the window as a whole. */
export function createCallWindow(length: number, now: () => number): CallWindow {
  let slices: { at: number; calls: number; failures: number }[] = [];
  const current = () => Math.floor((now() * SLICES) / length);

  return {
    record(isFailure) {
      const at = current();
      let slice = slices.at(-1);
      if (slice?.at !== at) slices.push((slice = { at, calls: 0, failures: 0 }));
      slice.calls += 1;
      if (isFailure) slice.failures += 1;
    },
    totals() {
      const oldest = current() - SLICES;
      slices = slices.filter(({ at }) => at > oldest);
      return slices.reduce(
        (sum, { calls, failures }) => ({ calls: sum.calls + calls, failures: sum.failures + failures }),
        { calls: 0, failures: 0 },
      );
    },
    clear: () => void (slices = []),
  };
}
