import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { InvalidError, PreconditionFailedError, type Precondition } from '../../errors.ts';

/** One tag of a list; W/ marks a weak tag (RFC 9110, section 8.8.3). */
const tag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/.source;
const list = new RegExp(`^[ \\t]*(?:,[ \\t]*)*${tag}[ \\t]*(?:,[ \\t]*(?:${tag}[ \\t]*)?)*$`);
const tags = new RegExp(tag, 'g');

/** The schema of `If-Match` in the document. */
export const tagListSchema = {
  type: 'string',
  pattern: String.raw`^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$`,
} as const;

/** Returns the strong tag of a representation: a hash of its JSON, so equal representations have equal tags. */
export function entityTag(representation: unknown): string {
  return tagOf(JSON.stringify(representation));
}

function tagOf(text: string): string {
  return `"${hash('sha256', text, 'base64url').slice(0, 27)}"`;
}

/**
 * Returns the condition of `If-Match` (RFC 9110, section 13.1.1); undefined if the client sends none. Call it with the
 * current representation, as GET returns it, read and locked in the transaction that changes it: it throws a
 * PreconditionFailedError (412) unless the client names that representation. Throws an InvalidError (400) if the header is
 * not a list of tags.
 */
export function ifMatch({ headers }: Pick<IncomingMessage, 'headers'>): Precondition | undefined {
  const header = headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  if (!list.test(header))
    throw new InvalidError('If-Match is neither "*" nor a list of quoted entity tags.', [
      { field: 'headers.if-match', message: 'must be * or a list such as "abc", "def"' },
    ]);
  const wanted: readonly string[] = header.match(tags) ?? [];
  return (current) => {
    if (!wanted.includes(entityTag(current)))
      throw new PreconditionFailedError(
        'The resource has changed since it was read. Read it again, then retry.',
      );
  };
}

/** Sends JSON with its tag, or 304 to a client that has it already (RFC 9110, section 13.1.2). */
export const withEntityTag: RequestHandler = (_req, res, next) => {
  res.json = sendTagged;
  next();
};

function sendTagged(this: Response, body: unknown): Response {
  const text = JSON.stringify(body);
  const current = tagOf(text);
  this.setHeader('etag', current);
  if (isKnown(this.req, current)) return this.status(304).end();
  this.setHeader('content-type', 'application/json; charset=utf-8');
  return this.end(text);
}

/** Reports whether a GET names the tag in `If-None-Match`, which compares weakly. */
function isKnown({ method, headers }: Request, current: string): boolean {
  const header = headers['if-none-match'];
  if (header === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
  if (header.trim() === '*') return true;
  return header.match(tags)?.some((each) => each.replace(/^W\//, '') === current) ?? false;
}
