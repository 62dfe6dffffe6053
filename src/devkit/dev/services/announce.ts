import type { ServiceConfig } from 'microservice-runtime';
import { setTimeout as delay } from 'node:timers/promises';

/** The address of a service on this machine. */
export const serviceUrl = ({ port }: Pick<ServiceConfig, 'port'>): string => `http://localhost:${port}`;

/**
 * Resolves to true as soon as the service answers; to false if `signal` is aborted first, or if the port is unknown (0, any
 * free one).
 */
export async function untilAnswers(config: ServiceConfig, signal: AbortSignal): Promise<boolean> {
  const health = `http://localhost:${config.managementPort ?? config.port}/health/live`;
  while (!signal.aborted && config.port !== 0) {
    if (await answers(health)) return true;
    await delay(50);
  }
  return false;
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
