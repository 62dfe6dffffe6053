import { withDeadline } from '../../async/deadline.ts';
import { readAttribute } from '../event/cloud-events.ts';
import { isAborted } from '../../database/error-kind.ts';
import { EventFailure, HandlerTimeoutError, kindOf } from './failure.ts';
import type { GroupHandlers, HandleableEvent } from './handlers.ts';
import type { IncomingMessage } from '../event/message.ts';

/** An event whose handling is over, and how long its handler took. */
export interface HandledEvent {
  /** When it was published, as it says; '' where it says nothing. */
  time: string;
  seconds: number;
}

/** The event as a handler gets it; throws `EventFailure` when the message cannot be read or does not fit. */
export function prepareEvent(message: IncomingMessage, handlers: GroupHandlers): HandleableEvent {
  try {
    return handlers.prepare(message);
  } catch (cause) {
    throw failureOf(message, cause, { reading: true });
  }
}

/**
 * Runs a part of the handling of an event. Resolves to the seconds that it took; rejects with `EventFailure`, after `timeout`
 * milliseconds at the latest, and with the error itself where the event is not to blame: one that was handled before it in
 * the same transaction (`others`) has caught the error of a statement.
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
    // one that blocks the process finds its connection ended, which says nothing about the database
    throw failureOf(message, took > timeout ? new HandlerTimeoutError(timeout, { cause }) : cause, { took });
  }
}

/** An event that was handled, and whose transaction then failed for its sake. */
export function failureOf(
  message: IncomingMessage,
  cause: unknown,
  { reading = false, took = 0 } = {},
): EventFailure {
  const offset = Number(message.offset);
  return new EventFailure(describe(message), { offset, took, kind: kindOf(cause, { reading }), cause });
}

/** Names an event for whoever reads a log: its type, its id, its key and its place. */
export function describe(message: IncomingMessage): string {
  const { topic, partition, offset, key } = message;
  const name = readAttribute(message, 'type')?.slice(0, 200) ?? nameless(message);
  const id = readAttribute(message, 'id')?.slice(0, 200);
  const ofKey = key === null ? 'without a key' : `of key ${JSON.stringify(key.toString().slice(0, 200))}`;
  return `${name}${id ? ` ${id}` : ''} ${ofKey} at ${topic}/${partition}@${offset}`;
}

const nameless = ({ value, excess }: IncomingMessage): string =>
  value === null && excess === undefined ? 'tombstone' : 'message without a type';
