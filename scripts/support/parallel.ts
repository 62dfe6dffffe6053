import { availableParallelism } from 'node:os';

/** Each job starts servers of its own. */
const mostJobs = 4;

/** Mocha's options for as many files at a time as there are processors: much of a test is waiting. */
export const parallel = (): string[] => [
  '--parallel',
  '--jobs',
  String(Math.max(2, Math.min(availableParallelism(), mostJobs))),
];
