/**
 * How often a property is tested: `usual` times in npm test, and PROPERTY_EFFORT times as often to find a fault that only
 * some interleavings show. Then the failure counts, not its smallest form.
 */
export function effort(usual: number): { numRuns: number; endOnFailure: boolean } {
  const factor = Number(process.env.PROPERTY_EFFORT ?? 1);
  return { numRuns: usual * factor, endOnFailure: factor > 1 };
}
