import { destination, type DestinationStream } from 'pino';

/** Buffered as the runtime's own log is: a write for each line would cost more than the line. */
export const output = (): DestinationStream =>
  destination({ dest: 1, sync: false, minLength: 32 * 1024, maxWrite: 64 * 1024, periodicFlush: 100 });
