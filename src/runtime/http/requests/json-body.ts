import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';
import { InvalidError } from '../../errors.ts';
import { MAX_FAULTS } from '../../schemas/json-faults.ts';
import { inexactNumbers } from '../../schemas/json-numbers.ts';
import { fieldError } from './input.ts';

/** The default media types of a route. */
export const jsonTypes: readonly string[] = ['application/json'];

/**
 * Reads a JSON body of up to `limit` with one of the media types. Refuses a body that `JSON.parse` would silently alter:
 * bytes that are not UTF-8 (RFC 8259, section 8.1), and numbers that a double cannot represent (section 6).
 */
export const jsonBody = (limit: number | string, types: string[]): RequestHandler =>
  express.json({ limit, type: types, verify: checkBytes });

function checkBytes(_req: IncomingMessage, _res: unknown, bytes: Buffer, encoding: string): void {
  if (encoding !== 'utf-8') throw unsupported(encoding);
  if (!isUtf8(bytes))
    throw new InvalidError('The body is not valid UTF-8.', [{ field: 'body', message: 'must be UTF-8' }]);
  const faults = inexactNumbers(bytes.toString(), MAX_FAULTS);
  if (faults.length > 0)
    throw new InvalidError(
      'The body contains numbers that would lose digits.',
      faults.map((fault) => fieldError('body', fault)),
    );
}

/** Express keeps the status of an error that has one. */
const unsupported = (encoding: string): Error =>
  Object.assign(new Error(`The body must be in UTF-8, not in ${encoding}.`), { status: 415, expose: true });
