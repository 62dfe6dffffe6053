/** The result of a command in one service. */
export interface ServiceOutcome {
  service: string;
  status: 'ok' | 'failed' | 'skipped';
  /** The exit code of the program; undefined if it did not start. */
  exitCode?: number;
  /** The run time. */
  seconds: number;
  /** Why the program did not start. */
  fault?: string;
  /** The lines that the program printed, if they were collected. */
  output: string[];
}

/** Returns 0 if the command succeeded in every service, else 1. */
export const exitCodeOf = (outcomes: readonly ServiceOutcome[]): number =>
  outcomes.every(({ status }) => status === 'ok') ? 0 : 1;

/** Returns the rows of the summary, and a last line with the counts. */
export function summaryRows(outcomes: readonly ServiceOutcome[]): { rows: string[][]; counts: string } {
  const rows = outcomes.map((outcome) => [outcome.service, outcome.status, detailOf(outcome)]);
  const counts = (['ok', 'failed', 'skipped'] as const)
    .map((status) => ({ status, count: outcomes.filter((outcome) => outcome.status === status).length }))
    .filter(({ count, status }) => count > 0 || status === 'ok')
    .map(({ status, count }) => `${count} ${status}`);
  return { rows, counts: `${outcomes.length} services: ${counts.join(', ')}` };
}

function detailOf({ status, exitCode, seconds, fault }: ServiceOutcome): string {
  if (status === 'skipped') return 'not started, since another service failed';
  if (fault !== undefined) return fault.split('\n')[0] ?? ''; // its other lines are above the summary
  const time = `${seconds.toFixed(1)} s`;
  return exitCode === 0 || exitCode === undefined ? time : `exit code ${exitCode}, ${time}`;
}
