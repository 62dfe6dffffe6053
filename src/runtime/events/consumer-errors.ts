import type { GroupPartition, Position } from './positions.ts';

/** One event could not be handled; `cause` is what the handler threw, or why the event cannot be read. */
export class EventFailure extends Error {
  override name = 'EventFailure';
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

/** Node's errors of sockets and names, and the SQLSTATEs of a server that is away, starting, stopping or full. */
const unreachable =
  /^(ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$|08|57P0[1-3]$|53300$)/;
const brokenConnection = /^(Connection terminated|timeout expired|Client has encountered a connection error)/;

/** PostgreSQL chose this transaction as the victim of a conflict; the same transaction may well pass now. */
export function isConflict(error: unknown): boolean {
  return causes(error).some(({ code }) => code === deadlock || code === serializationFailure);
}

/** PostgreSQL could not be reached, or no connection became free in time; nothing is wrong with the events. */
export function isUnreachable(error: unknown): boolean {
  return causes(error).some(
    ({ code, name, message }) =>
      name === 'KnexTimeoutError' ||
      (code !== undefined && unreachable.test(code)) ||
      (message !== undefined && brokenConnection.test(message)),
  );
}

interface ErrorLike {
  code?: string;
  name?: string;
  message?: string;
}

/** The error, what caused it, what caused that; and the members of an AggregateError, as a failed connection is one. */
function causes(error: unknown): ErrorLike[] {
  if (!(error instanceof Error)) return [];
  const members = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [error, ...[error.cause, ...members].flatMap(causes)];
}

export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
