/** What a relay knows of the lanes that it holds. */
export interface RelayLanes {
  /** These lanes may have rows. */
  mark(lanes: Iterable<number>): void;
  /** Returns the marked lanes of `held` of which nothing is under way, and takes their marks away. */
  takeReady(held: ReadonlySet<number>): number[];
  hasReady(held: ReadonlySet<number>): boolean;
  begin(lane: number): void;
  end(lane: number): void;
  /** Resolves once nothing of the lane is under way. */
  idle(lane: number): Promise<void>;
}

export function createRelayLanes(): RelayLanes {
  const marked = new Set<number>();
  const busy = new Set<number>();
  const waiting = new Map<number, (() => void)[]>();
  const ready = (held: ReadonlySet<number>): number[] =>
    [...marked].filter((lane) => held.has(lane) && !busy.has(lane));

  return {
    mark(lanes) {
      for (const lane of lanes) marked.add(lane);
    },
    takeReady(held) {
      const lanes = ready(held);
      for (const lane of lanes) marked.delete(lane);
      return lanes;
    },
    hasReady: (held) => ready(held).length > 0,
    begin: (lane) => void busy.add(lane),
    end(lane) {
      busy.delete(lane);
      for (const resolve of waiting.get(lane) ?? []) resolve();
      waiting.delete(lane);
    },
    async idle(lane) {
      if (!busy.has(lane)) return;
      await new Promise<void>((resolve) => {
        waiting.set(lane, [...(waiting.get(lane) ?? []), resolve]);
      });
    },
  };
}
