import { availableParallelism } from 'node:os';

/** Each job starts its own servers. */
const mostJobs = 4;

/** Returns mocha's options to run as many files at a time as there are processors, but at least `fewest`. */
export const parallel = (fewest = 2): string[] => [
  '--parallel',
  '--jobs',
  String(Math.max(fewest, Math.min(availableParallelism(), mostJobs))),
];
