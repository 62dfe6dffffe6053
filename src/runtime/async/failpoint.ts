import { writeSync } from 'node:fs';

/** The places on the way of an event where a test can kill the process, in the order in which the event passes them. */
export const failpoints = [
  /** The rows of the outbox and COMMIT are on their way to PostgreSQL. */
  'outbox.sent',
  'outbox.committed',
  'relay.acknowledged',
  /** Before the rows that Kafka acknowledged are deleted. */
  'relay.deleting',
  'relay.deleted',
  /** A row that Kafka refused has moved to the dead letters, before COMMIT. */
  'relay.parked',
  /** The position and the inbox rows are written, before the first handler. */
  'consumer.claimed',
  /** After the last handler, before COMMIT. */
  'consumer.handled',
  'consumer.committed',
  /** Before the group's offset is committed to Kafka. */
  'consumer.offset',
  /** An event is parked, before COMMIT. */
  'consumer.parked',
  /** A parked event was handled, before COMMIT. */
  'parked.handled',
  'parked.committed',
] as const;

/** Those of sagas. */
export const sagaFailpoints = [
  /** A saga and its events are written, before COMMIT. */
  'saga.saved',
  /** A timer of a saga is committed. */
  'saga.fired',
] as const;

/** Those on the way of a request with an idempotency key. It passes `outbox.sent` and `outbox.committed` in between. */
export const requestFailpoints = [
  'idempotency.locked',
  /** The handler has answered, and its answer is not stored. */
  'idempotency.handled',
  'idempotency.stored',
  /** Before the answer is sent. */
  'idempotency.committed',
] as const;

export type Failpoint =
  (typeof failpoints)[number] | (typeof sagaFailpoints)[number] | (typeof requestFailpoints)[number];

let hits = 0;

/**
 * Kills its own process with SIGKILL, like a power failure, if `MICROSERVICE_FAILPOINT` is `<name>` or `<name>:<nth hit>`. It
 * writes one line to stderr first, so a test knows that it was hit. Otherwise, and always in production, it does nothing.
 */
export function failpoint(name: Failpoint): void {
  const wanted = process.env.MICROSERVICE_FAILPOINT;
  if (!wanted || process.env.NODE_ENV === 'production') return;
  const [wantedName, nth = '1'] = wanted.split(':');
  if (wantedName !== name) return;
  hits += 1;
  if (hits !== Number(nth)) return;
  writeSync(2, `failpoint ${name} hit (${hits}), killing process ${process.pid}\n`);
  process.kill(process.pid, 'SIGKILL');
}
