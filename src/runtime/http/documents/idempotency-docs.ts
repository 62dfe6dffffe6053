import { REPLAYED_HEADER } from '../idempotency/idempotent-handler.ts';
import { LONGEST_IDEMPOTENCY_KEY } from '../idempotency/key.ts';
import type { Operation } from '../requests/route.ts';

/** Documents the header of a route with idempotency keys. */
export function keyParameters({ idempotency }: Operation): object[] {
  if (idempotency === undefined) return [];
  const description =
    'A unique key, such as a UUID in quotes. An equal request with the same key gets the stored answer and has no further effect';
  const schema = { type: 'string', minLength: 1, maxLength: 2 * LONGEST_IDEMPOTENCY_KEY + 2 };
  return [
    { name: 'Idempotency-Key', in: 'header', required: idempotency === 'required', description, schema },
  ];
}

const replayed = {
  [REPLAYED_HEADER]: {
    description: 'true for a stored answer',
    schema: { type: 'string', enum: ['true'] },
  },
};

/** Adds the header of stored answers to the successes of a route with idempotency keys. */
export function replayedAnswers(
  { idempotency }: Operation,
  answers: Record<string, object>,
): Record<string, object> {
  if (idempotency === undefined) return answers;
  const entries = Object.entries(answers).map(([status, answer]): [string, object] => {
    const { headers }: { headers?: object } = answer;
    return [status, { ...answer, headers: { ...headers, ...replayed } }];
  });
  return Object.fromEntries(entries);
}

/** The statuses of a request whose key is malformed or missing, in use, or used with another request. */
export function keyStatuses({ idempotency }: Operation): number[] {
  return idempotency === undefined ? [] : [400, 409, 422];
}
