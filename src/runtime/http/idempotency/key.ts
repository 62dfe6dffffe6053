import { InvalidError } from '../../errors.ts';

/** Whether a route accepts requests with an `Idempotency-Key`, or only those. */
export type RouteIdempotency = 'optional' | 'required';

/** The longest key, in characters. */
export const LONGEST_IDEMPOTENCY_KEY = 255;

/** A string of RFC 9651, section 3.3.3, as the draft requires, without parameters. */
const quotedKey = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** The form that most clients send: visible characters without those that have a meaning in a list or in a string. */
const bareKey = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/**
 * Returns the key of the header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07, section 2.1), with or without
 * quotes; undefined for a request without the header. Throws an InvalidError (400) if a key is required and missing, and if
 * the header is not a key of 1 to 255 characters.
 */
export function readKey(header: string | undefined, idempotency: RouteIdempotency): string | undefined {
  if (header === undefined) {
    if (idempotency === 'optional') return undefined;
    throw invalid(
      'This operation requires the header Idempotency-Key, such as Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324".',
      'is required',
    );
  }
  const key = quotedKey.exec(header)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? bareKey.exec(header)?.[0] ?? '';
  if (key.length > 0 && key.length <= LONGEST_IDEMPOTENCY_KEY) return key;
  throw invalid(
    'The header Idempotency-Key is not a valid key.',
    `must be one key of 1 to ${LONGEST_IDEMPOTENCY_KEY} printable ASCII characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"`,
  );
}

const invalid = (detail: string, message: string): InvalidError =>
  new InvalidError(detail, [{ field: 'headers.idempotency-key', message }]);
