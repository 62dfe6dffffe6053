import type { IncomingMessage, OutgoingMessage } from 'node:http';
import { InvalidError } from '../../errors.ts';

/** The part of a projection that `readAfterEvent` uses. */
interface ReadsAfter<Reader> {
  readAfter<T>(
    event: string | undefined,
    work: (reader: Reader) => Promise<T>,
  ): Promise<{ result: T; stale: boolean }>;
}

/** The request header that names an event, and the response header of an answer that may lack it. */
export const WAIT_HEADER = 'Wait-For-Event';
export const STALE_HEADER = 'Stale';

/** The longest value, in characters: an event with a longer source and id is a dead letter. */
export const LONGEST_EVENT = 2_000;
/** The source and the id of one event; the schema of the header in the document. */
export const eventPattern = '^[!-~]+/[!-.0-~]+$';
const event = new RegExp(eventPattern);

/**
 * Reads a projection for a GET. If the request has the header `Wait-For-Event`, which names an event by its source and its id, waits
 * until the projection has handled that event, at most 2 s. Sets `Stale: true` on the response if the event is not handled by then, or
 * is parked. Throws an InvalidError (400) if the header does not name one event.
 */
export async function readAfterEvent<Reader, T>(
  { headers }: Pick<IncomingMessage, 'headers'>,
  response: Pick<OutgoingMessage, 'setHeader'>,
  projection: ReadsAfter<Reader>,
  query: (reader: Reader) => Promise<T>,
): Promise<T> {
  const { result, stale } = await projection.readAfter(eventOf(headers['wait-for-event']), query);
  if (stale) response.setHeader(STALE_HEADER, 'true');
  return result;
}

function eventOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && header.length <= LONGEST_EVENT && event.test(header)) return header;
  throw new InvalidError(`The header ${WAIT_HEADER} does not name one event.`, [
    {
      field: 'headers.wait-for-event',
      message:
        'must be the source and the id of one event, as in order-service/0192d5a0-5f2e-7d3a-b7c1-0a4e6f1c2d3b',
    },
  ]);
}
