import type { Response } from 'express';
import type { Context } from '../../context/context.ts';
import { EVENT_HEADER } from '../../context/last-event.ts';

/** Whether a request with this method may publish events. */
export const changes = (method: string): boolean =>
  !['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());

/**
 * Adds the last event that the request has published to its answer, unless the answer is a refusal, whose transaction is rolled back. A
 * client that sends this value to a projection as `Wait-For-Event` reads its own change.
 */
export function answerLastEvent(res: Response, context: Context): void {
  const writeHead = Reflect.get(res, 'writeHead') as (...args: unknown[]) => Response;
  const withEvent = (status: number, ...rest: unknown[]): Response => {
    if (status < 400 && context.lastEvent !== undefined) res.setHeader(EVENT_HEADER, context.lastEvent);
    return writeHead.call(res, status, ...rest);
  };
  Object.assign(res, { writeHead: withEvent });
}
