import { diffArrays } from 'diff';
import { bare } from './surface.ts';

/** Below this likeness, a text counts as another one. */
export const leastLikeness = 0.6;

/** Returns twice the equal lines, divided by all lines of both texts; 0 below `leastLikeness`. */
export function likeness(one: string, other: string): number {
  const [first, second] = [one, other].map((text) => bare(text).split('\n')) as [string[], string[]];
  const all = first.length + second.length;
  // A larger difference cannot reach the least likeness.
  const changes = diffArrays(first, second, { maxEditLength: Math.floor(all * (1 - leastLikeness)) });
  if (!changes) return 0;
  const equal = changes.reduce((sum, { added, removed, count }) => (added || removed ? sum : sum + count), 0);
  return (2 * equal) / all;
}
