import type { ServiceConfig } from 'microservice-runtime';
import { setTimeout as delay } from 'node:timers/promises';

/** Says where the service is, as soon as it answers; gives up when it has ended. */
export async function announceService(
  config: ServiceConfig,
  ended: Promise<unknown>,
  say: (line: string) => void,
): Promise<void> {
  if (config.port === 0) return;
  const over = new AbortController();
  void ended.then(() => over.abort());
  const service = `http://localhost:${config.port}`;
  const health = `http://localhost:${config.managementPort ?? config.port}/health/live`;
  while (!over.signal.aborted) {
    if (await answers(health)) return say(`Service     ${service}  documentation ${service}/docs`);
    await delay(100);
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
