import type { RequestHandler } from 'express';
import { problem, sendProblem } from '../problems/problem.ts';

/**
 * Comes after the handlers of a path, and answers any other method with 405 and the allowed methods (RFC 9110, section
 * 15.5.6). OPTIONS gets that list too.
 */
export function otherMethods(methods: readonly string[]): RequestHandler {
  const upper = methods.map((method) => method.toUpperCase());
  const allow = [...upper, ...(upper.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (req, res) => {
    res.setHeader('allow', allow);
    if (req.method === 'OPTIONS') res.status(204).end();
    else
      sendProblem(
        res,
        problem(405, `Method ${req.method} is not allowed for this resource; allowed: ${allow}.`),
      );
  };
}
