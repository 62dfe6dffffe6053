/** Formats the time since `start` (of `performance.now()`): `12.3 s`, or `85 ms`. */
export function seconds(start: number): string {
  const ms = performance.now() - start;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
