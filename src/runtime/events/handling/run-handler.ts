import { withDeadline } from '../../async/deadline.ts';
import { readAttribute } from '../event/cloud-events.ts';
import { isAborted } from '../../database/error-kind.ts';
import { EventFailure, HandlerTimeoutError, kindOf } from './failure.ts';
import type { GroupHandlers, HandleableEvent } from './handlers.ts';
import type { IncomingMessage } from '../event/message.ts';

/** An event that was handled, and the time that its handler took. */
export interface HandledEvent {
  /** The time of publishing in the event; '' if there is none. */
  time: string;
  seconds: number;
}

/** Decodes a message for its handler; throws `EventFailure` if it cannot be read or is invalid. */
export function prepareEvent(message: IncomingMessage, handlers: GroupHandlers): HandleableEvent {
  try {
    return handlers.prepare(message);
  } catch (cause) {
    throw failureOf(message, cause, { reading: true });
  }
}

/**
 * Runs a part of the handling of an event. Resolves to the seconds that it took. Rejects with `EventFailure`, after at most
 * `timeout` milliseconds; with the original error if the event did not cause it, because a handler before it in the same
 * transaction (`others`) has caught the error of a statement.
 */
export async function handleEvent(
  message: IncomingMessage,
  work: () => Promise<void>,
  { timeout, others = false }: { timeout: number; others?: boolean },
): Promise<number> {
  const begun = performance.now();
  try {
    await withDeadline(work(), timeout, () => new HandlerTimeoutError(timeout));
    return (performance.now() - begun) / 1_000;
  } catch (cause) {
    if (others && isAborted(cause)) throw cause;
    const took = performance.now() - begun;
    // a handler that blocks the process finds its connection closed, which does not mean that the database is down
    throw failureOf(message, took > timeout ? new HandlerTimeoutError(timeout, { cause }) : cause, { took });
  }
}

/** Wraps `cause` in an EventFailure that names the message. Use it for read errors, handler errors and a failed COMMIT. */
export function failureOf(
  message: IncomingMessage,
  cause: unknown,
  { reading = false, took = 0 } = {},
): EventFailure {
  const offset = Number(message.offset);
  return new EventFailure(describeMessage(message), {
    offset,
    took,
    kind: kindOf(cause, { reading }),
    cause,
  });
}

/** Describes an event for the log: its type, id, key and place. */
export function describeMessage(message: IncomingMessage): string {
  const { topic, partition, offset, key } = message;
  const name = readAttribute(message, 'type')?.slice(0, 200) ?? nameless(message);
  const id = readAttribute(message, 'id')?.slice(0, 200);
  const ofKey = key === null ? 'without a key' : `of key ${JSON.stringify(key.toString().slice(0, 200))}`;
  return `${name}${id ? ` ${id}` : ''} ${ofKey} at ${topic}/${partition}@${offset}`;
}

const nameless = ({ value, excess }: IncomingMessage): string =>
  value === null && excess === undefined ? 'tombstone' : 'message without a type';
