import { availableParallelism } from 'node:os';

/** Each job starts its own servers. */
const mostJobs = 4;

/** Returns mocha's options to run as many files at a time as there are processors, since tests mostly wait. */
export const parallel = (): string[] => [
  '--parallel',
  '--jobs',
  String(Math.max(2, Math.min(availableParallelism(), mostJobs))),
];
