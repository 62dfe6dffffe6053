import { setTimeout as delay } from 'node:timers/promises';

/** Sends a request with a body as JSON. */
export const send = (method: string, url: string, body?: unknown) =>
  fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** Returns the response; throws if it has another status. */
export async function expectStatus(expected: number, response: Response): Promise<Response> {
  if (response.status === expected) return response;
  throw new Error(`${response.url} answered ${response.status}, not ${expected}: ${await response.text()}`);
}

/** Resolves when the check passes; throws after 30 s. */
export async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what} is not there after 30 s`);
    await delay(2);
  }
}
