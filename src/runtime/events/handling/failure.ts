import { toError } from '../../errors.ts';
import type { ParkReason } from '../parking/park.ts';
import { isAway, isCanceled, isConflict } from '../../database/error-kind.ts';
import { CloudEventError } from '../event/cloud-events.ts';
import { EventDataError, UnknownVersionError } from '../event/data.ts';
import { EventSizeError } from '../event/size.ts';
import type { GroupPartition, PartitionPosition } from '../inbox/positions.ts';

/** The kind of a failure, which determines how it is handled. */
export type FailureKind = ParkReason | 'conflict' | 'unreachable';

/** One event could not be handled; `cause` is the error of its handler, or the reason why it cannot be read. */
export class EventFailure extends Error {
  override name = 'EventFailure';
  readonly offset: number;
  /** Milliseconds that the handler ran. */
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

/** Several events could not be handled together; which of them failed is unknown. */
export class EventRunFailure extends Error {
  override name = 'EventRunFailure';
  readonly kind: FailureKind;

  constructor(what: string, { kind, cause }: EventFailure) {
    super(`${what} could not be handled together: ${toError(cause).message}`, { cause });
    this.kind = kind;
  }
}

/** The handler of an event exceeded its time limit. */
export class HandlerTimeoutError extends Error {
  override name = 'HandlerTimeoutError';

  constructor(timeout: number, options?: ErrorOptions) {
    super(`the handler took longer than ${timeout} ms`, options);
  }
}

/** A newer release has written state that an event changes; that release can handle the event. */
export class NewerStateError extends Error {
  override name = 'NewerStateError';
}

/** The group has the maximum number of parked keys. */
export class ParkingFullError extends Error {
  override name = 'ParkingFullError';

  constructor(groupId: string, limit: number) {
    super(
      `group ${groupId} already has ${limit} parked keys, the maximum (parkedKeys); redrive or drop dead letters, or fix the failing handler`,
    );
  }
}

/** The group's position has moved: another member had the partition, or the position was reset. */
export class PositionMovedError extends Error {
  override name = 'PositionMovedError';
  readonly found: PartitionPosition | undefined;

  constructor(
    { groupId, topic, partition }: GroupPartition,
    known: PartitionPosition,
    found: PartitionPosition | undefined,
  ) {
    const seen = found ? `${found.position} (reset ${found.resets} times)` : 'gone';
    super(
      `group ${groupId} was left at ${known.position} (reset ${known.resets} times) in ${topic}/${partition}, and is now at ${seen}`,
    );
    this.found = found;
  }
}

const bugs = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AssertionError']);

/**
 * Returns the kind of an error from a handler or, if `reading`, from decoding an event. The kind determines how the event is
 * retried; see docs/decisions/parking.md.
 */
export function kindOf(error: unknown, { reading = false } = {}): FailureKind {
  // first, because its message quotes the event, which may look like any error
  if (reading && error instanceof UnknownVersionError) return 'unknown version';
  if (reading && error instanceof EventSizeError) return 'too large';
  if (reading && (error instanceof EventDataError || error instanceof CloudEventError)) return 'unreadable';
  if (error instanceof NewerStateError) return 'unknown version';
  if (error instanceof HandlerTimeoutError) return 'timeout';
  if (isConflict(error)) return 'conflict';
  if (isAway(error)) return 'unreachable';
  if (isCanceled(error)) return 'timeout';
  // in a handler, it is about an event that the handler publishes, so a retry does not help
  if (error instanceof EventDataError) return 'bug';
  return error instanceof Error && bugs.has(error.name) ? 'bug' : 'failure';
}
