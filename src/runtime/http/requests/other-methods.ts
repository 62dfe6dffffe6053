import type { RequestHandler } from 'express';
import { problem, sendProblem } from '../problems/problem.ts';

/**
 * Comes after the handlers of a path, and answers the methods that it does not have: 405 with those that it has (RFC
 * 9110, section 15.5.6). OPTIONS gets them, too.
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
