import { withDeadline, within } from '../../async/deadline.ts';

export const CLOSE_DEADLINE = 2_000;

/** `disconnect` waits for requests that nobody answers any more, so it is given up after a while. Never rejects. */
export async function disconnect(client: { disconnect(): Promise<void> }): Promise<void> {
  await within(CLOSE_DEADLINE, client.disconnect()).catch(() => undefined);
}

/** Rejects with "`failure` within N s" when `work` takes longer. */
export const inTime = <T>(work: Promise<T>, milliseconds: number, failure: string): Promise<T> =>
  withDeadline(work, milliseconds, () => new Error(`${failure} within ${milliseconds / 1_000} s`));
