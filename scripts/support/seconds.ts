/** The time since `start` (of `performance.now()`): `12.3 s`. */
export const seconds = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;
