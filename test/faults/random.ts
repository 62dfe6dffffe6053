/** A source of numbers that gives the same ones for the same seed. */
export interface Random {
  /** A whole number from `from` up to, and without, `to`. */
  between(from: number, to: number): number;
  pick<T>(all: readonly T[]): T;
  shuffle<T>(all: readonly T[]): T[];
}

/** Mulberry32, by Tommy Ettinger, in the public domain: 32 bits of state are plenty for a schedule. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from));

  return {
    between,
    pick<T>(all: readonly T[]): T {
      if (all.length === 0) throw new Error('there is nothing to pick from');
      return all[between(0, all.length)] as T;
    },
    shuffle<T>(all: readonly T[]): T[] {
      const shuffled = [...all];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = between(0, last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
      }
      return shuffled;
    },
  };
}
