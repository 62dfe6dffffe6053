import { toError } from '../../errors.ts';
import type { ParkReason } from '../parking/park.ts';
import { isAway, isCanceled, isConflict } from '../../database/error-kind.ts';
import { CloudEventError } from '../event/cloud-events.ts';
import { EventDataError, UnknownVersionError } from '../event/data.ts';
import { EventSizeError } from '../event/size.ts';
import type { GroupPartition, Position } from '../inbox/positions.ts';

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

/** Several events could not be handled together; which of them is to blame is not known. */
export class EventRunFailure extends Error {
  override name = 'EventRunFailure';
  readonly kind: FailureKind;

  constructor(what: string, { kind, cause }: EventFailure) {
    super(`${what} could not be handled together: ${toError(cause).message}`, { cause });
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
      `group ${groupId} already has ${limit} parked keys, the maximum (parkedKeys); redrive or drop dead letters, or fix the failing handler`,
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
      `group ${groupId} was left at ${known.position} (reset ${known.resets} times) in ${topic}/${partition}, and is now at ${seen}`,
    );
    this.found = found;
  }
}

const bugs = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AssertionError']);

/**
 * What an error is, whatever threw it: a handler, or the reading of an event where it is `reading`. What it is decides how
 * the event is tried again; see docs/decisions/parking.md.
 */
export function kindOf(error: unknown, { reading = false } = {}): FailureKind {
  // first: its message quotes the event, which may read like any error
  if (reading && error instanceof UnknownVersionError) return 'unknown version';
  if (reading && error instanceof EventSizeError) return 'too large';
  if (reading && (error instanceof EventDataError || error instanceof CloudEventError)) return 'unreadable';
  if (error instanceof HandlerTimeoutError) return 'timeout';
  if (isConflict(error)) return 'conflict';
  if (isAway(error)) return 'unreachable';
  if (isCanceled(error)) return 'timeout';
  // in a handler it is about an event that the handler publishes, and no other try changes that
  if (error instanceof EventDataError) return 'bug';
  return error instanceof Error && bugs.has(error.name) ? 'bug' : 'failure';
}
