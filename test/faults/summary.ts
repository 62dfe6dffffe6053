import type { History } from './history.ts';
import type { Verdict } from './verdict.ts';

/** The results of a campaign as readable text. */
export function summary(
  verdict: Verdict,
  { faults }: Pick<History, 'faults'>,
  { seed, milliseconds }: { seed: number; milliseconds: number },
): string {
  const kinds = new Map<string, number>();
  for (const { kind } of faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const lines = [
    `events             ${verdict.events}`,
    `faults             ${faults.length}: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    `lost               ${verdict.lost}`,
    `doubled            ${verdict.doubled}`,
    `out of order       ${verdict.outOfOrder}`,
    `uncommitted        ${verdict.uncommitted} handled of ${verdict.rolledBack} rolled back`,
    `money              ${verdict.moneyDifference === 0 ? 'none missing' : `differs by ${verdict.moneyDifference}`}`,
    `longest recovery   ${(verdict.longestRecovery / 1_000).toFixed(1)} s`,
    `seed               ${seed}`,
    `time               ${(milliseconds / 60_000).toFixed(1)} min`,
  ];
  return lines.map((line) => `      ${line}`).join('\n');
}
