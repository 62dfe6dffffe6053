import { withDeadline, within } from '../../async/deadline.ts';

export const CLOSE_DEADLINE = 2_000;

/**
 * Disconnects, but gives up after a while, since `disconnect` waits for requests that will never be answered. Never rejects.
 */
export async function disconnect(client: { disconnect(): Promise<void> }): Promise<void> {
  await within(CLOSE_DEADLINE, client.disconnect()).catch(() => undefined);
}

/** Rejects with "`failure` within N s" if `work` takes longer. */
export const inTime = <T>(work: Promise<T>, milliseconds: number, failure: string): Promise<T> =>
  withDeadline(work, milliseconds, () => new Error(`${failure} within ${milliseconds / 1_000} s`));
