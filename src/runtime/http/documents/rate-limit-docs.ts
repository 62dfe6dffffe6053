import type { Operation } from '../requests/route.ts';

/** The fields of draft-ietf-httpapi-ratelimit-headers-10; it is not an RFC. */
const fields = {
  'RateLimit-Policy': {
    description: 'The limit: q requests of one caller in w seconds',
    schema: { type: 'string', examples: ['"principal";q=100;w=60'] },
  },
  RateLimit: {
    description: 'The requests r that the caller may still send in the next t seconds',
    schema: { type: 'string', examples: ['"principal";r=99;t=60'] },
  },
};

const retryAfter = {
  'Retry-After': {
    description: 'The seconds until the next request is accepted',
    schema: { type: 'integer', minimum: 1 },
  },
};

interface Answer {
  headers?: object;
}

/** Documents the fields of a route with a rate limit on its successes and on 429. */
export function limitedAnswers({ rateLimit }: Operation, answers: Record<string, Answer>): object {
  if (!rateLimit) return answers;
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      if (status === '429') return [status, { ...answer, headers: { ...fields, ...retryAfter } }];
      return [
        status,
        /^[23]/.test(status) ? { ...answer, headers: { ...answer.headers, ...fields } } : answer,
      ];
    }),
  );
}

/** The status of a request over the limit. */
export const rateLimitStatuses = ({ rateLimit }: Operation): number[] => (rateLimit ? [429] : []);
