import { CloudEventError } from './cloud-events.ts';
import { EventDataError, UnknownVersionError } from './event-data.ts';
import type { GroupPartition, Position } from './positions.ts';

/** Why an event is parked. */
export type ParkReason = 'unreadable' | 'unknown version' | 'bug' | 'timeout' | 'failure';

/** What a failure is, which decides what is done about it. */
export type FailureKind = ParkReason | 'conflict' | 'unreachable';

/** One event could not be handled; `cause` is what its handler threw, or why it cannot be read. */
export class EventFailure extends Error {
  override name = 'EventFailure';
  readonly offset: number;
  /** Milliseconds that its handler took. */
  readonly took: number;
  readonly kind: FailureKind;

  constructor(
    what: string,
    { offset, took = 0, kind, cause }: { offset: number; took?: number; kind: FailureKind; cause: unknown },
  ) {
    super(`${what} could not be handled: ${toError(cause).message}`, { cause });
    this.offset = offset;
    this.took = took;
    this.kind = kind;
  }
}

/** The handler of an event took longer than it may. */
export class HandlerTimeoutError extends Error {
  override name = 'HandlerTimeoutError';

  constructor(timeout: number, options?: ErrorOptions) {
    super(`the handler took longer than ${timeout} ms`, options);
  }
}

/** As many keys of the group are parked as may be. */
export class ParkingFullError extends Error {
  override name = 'ParkingFullError';

  constructor(groupId: string, limit: number) {
    super(
      `${limit} keys of group ${groupId} wait already, which is as many as may (parkedKeys); redrive or drop dead letters, or mend what fails`,
    );
  }
}

/** The group is not where this member left it: another one had the partition, or the position was reset. */
export class PositionMovedError extends Error {
  override name = 'PositionMovedError';
  readonly found: Position | undefined;

  constructor({ groupId, topic, partition }: GroupPartition, known: Position, found: Position | undefined) {
    const seen = found ? `${found.position} (reset ${found.resets} times)` : 'gone';
    super(
      `group ${groupId} was left at ${known.position} (reset ${known.resets} times) in ${topic}/${partition}, and is at ${seen}`,
    );
    this.found = found;
  }
}

const deadlock = '40P01';
const serializationFailure = '40001';
const queryCanceled = '57014';
const transactionAborted = '25P02';

/**
 * Errors of sockets and names of Node and of its fetch (UND_ERR), an open circuit breaker (opossum), and the SQLSTATEs of a
 * server that is away, starting, stopping, full, or a standby that takes no writes yet.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const unreachable =
  /^(ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$|UND_ERR_(CONNECT_TIMEOUT|SOCKET)$|EOPENBREAKER$|(08|53)[0-9A-Z]{3}$|57P0[1-5]$|25006$)/;
const brokenConnection =
  /(^| - )(Connection terminated|timeout expired|Client has encountered a connection error|Client was closed|Knex: Timeout acquiring a connection)/;
const bugs = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AssertionError']);

/**
 * What an error is, whatever threw it: a handler, or the reading of an event where it is `reading`. What it is decides how
 * the event is tried again; see docs/decisions/parking.md.
 */
export function kindOf(error: unknown, { reading = false } = {}): FailureKind {
  if (error instanceof HandlerTimeoutError) return 'timeout';
  if (isConflict(error)) return 'conflict';
  if (isUnreachable(error)) return 'unreachable';
  if (hasCode(error, queryCanceled)) return 'timeout';
  if (reading && error instanceof UnknownVersionError) return 'unknown version';
  if (reading && (error instanceof EventDataError || error instanceof CloudEventError)) return 'unreadable';
  // in a handler it is about an event that the handler publishes, and no other try changes that
  if (error instanceof EventDataError) return 'bug';
  return error instanceof Error && bugs.has(error.name) ? 'bug' : 'failure';
}

/** PostgreSQL chose this transaction as the victim of a conflict; the same transaction may well pass now. */
export function isConflict(error: unknown): boolean {
  return hasCode(error, deadlock) || hasCode(error, serializationFailure);
}

/** PostgreSQL, or what a handler needs, could not be reached; nothing is wrong with the events. */
export function isUnreachable(error: unknown): boolean {
  return causes(error).some(
    ({ code, name, message }) =>
      name === 'UnavailableError' ||
      (typeof code === 'string' && unreachable.test(code)) ||
      (message !== undefined && brokenConnection.test(message)),
  );
}

/** A statement before this one had failed, and its error was caught: whoever sees this is not to blame. */
export function isAborted(error: unknown): boolean {
  return hasCode(error, transactionAborted);
}

interface ErrorLike {
  code?: unknown;
  name?: string;
  message?: string;
}

const hasCode = (error: unknown, wanted: string): boolean =>
  causes(error).some(({ code }) => code === wanted);

/** The error, what caused it, what caused that; and the members of an AggregateError, as a failed connection is one. */
function causes(error: unknown, seen = new Set<unknown>()): ErrorLike[] {
  if (!(error instanceof Error) || seen.has(error)) return [];
  seen.add(error);
  const members = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [error, ...[error.cause, ...members].flatMap((cause) => causes(cause, seen))];
}

export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
