/**
 * How often a property is tried: `usual` times in npm test, and PROPERTY_EFFORT times as often where a fault has to be found
 * that shows in some interleavings only. There the failure is what counts, and not its smallest form.
 */
export function effort(usual: number): { numRuns: number; endOnFailure: boolean } {
  const factor = Number(process.env.PROPERTY_EFFORT ?? 1);
  return { numRuns: usual * factor, endOnFailure: factor > 1 };
}
