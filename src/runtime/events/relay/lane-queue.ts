/** The state of the lanes that a relay holds. */
export interface LaneQueue {
  /** These lanes may have rows. */
  mark(lanes: Iterable<number>): void;
  /** Reports whether `take` would return any lane. */
  hasReady(held: ReadonlySet<number>): boolean;
  /** Returns the marked lanes of `held` that are not busy, and makes them busy and unmarked. */
  take(held: ReadonlySet<number>): number[];
  /** These lanes are no longer busy. */
  release(lanes: Iterable<number>): void;
  /** Resolves when the lane is not busy. */
  idle(lane: number): Promise<void>;
}

export function createLaneQueue(): LaneQueue {
  const marked = new Set<number>();
  const busy = new Set<number>();
  const waiting = new Map<number, (() => void)[]>();
  const ready = (held: ReadonlySet<number>): number[] =>
    [...marked].filter((lane) => held.has(lane) && !busy.has(lane));

  return {
    mark(lanes) {
      for (const lane of lanes) marked.add(lane);
    },
    hasReady: (held) => ready(held).length > 0,
    take(held) {
      const lanes = ready(held);
      for (const lane of lanes) {
        marked.delete(lane);
        busy.add(lane);
      }
      return lanes;
    },
    release(lanes) {
      for (const lane of lanes) {
        busy.delete(lane);
        for (const resolve of waiting.get(lane) ?? []) resolve();
        waiting.delete(lane);
      }
    },
    async idle(lane) {
      if (!busy.has(lane)) return;
      await new Promise<void>((resolve) => {
        waiting.set(lane, [...(waiting.get(lane) ?? []), resolve]);
      });
    },
  };
}
