export const CLOSE_DEADLINE = 2_000;

/** `disconnect` waits for requests that nobody answers any more, so it is given up after a while. */
export async function disconnect(client: { disconnect(): Promise<void> }): Promise<void> {
  await withDeadline(client.disconnect(), CLOSE_DEADLINE, 'not disconnected').catch(() => undefined);
}

/** Rejects when `work` takes longer; `work` itself goes on, and what becomes of it is ignored. */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${milliseconds / 1_000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
