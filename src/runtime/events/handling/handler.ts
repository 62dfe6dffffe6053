import type { Knex } from 'knex';
import type { ReceivedEvent } from '../event/definition.ts';

/**
 * Handles one event. Do all database work through `trx`: the event is recorded as handled in the same transaction. Effects
 * outside of `trx` may be repeated. If the handler rejects, the event is retried.
 */
export type EventHandler<T = unknown> = (event: ReceivedEvent<T>, trx: Knex.Transaction) => Promise<unknown>;

/**
 * Handles consecutive events of one type in one partition, in order: at least one, at most a batch of the consumer. The
 * writes through `trx` and the record that the events were handled are one transaction. If the handler rejects for several
 * events, it is called again for each of them alone, so the failing event is retried and parked like any other.
 */
export type BatchHandler<T = unknown> = (
  events: readonly ReceivedEvent<T>[],
  trx: Knex.Transaction,
) => Promise<unknown>;

/**
 * Handles one event at least once: outside of a transaction, before the event is recorded as handled, so it may be called
 * again after a failure or a crash. `idempotencyKey` is the same each time; pass it on to the called service.
 */
export type EffectHandler<T = unknown> = (
  event: ReceivedEvent<T>,
  idempotencyKey: string,
) => Promise<unknown>;

/** A record without a value: in a compacted topic, it marks its key as deleted. */
export interface Tombstone {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** The key as text; `base64:...` if it is not text. */
  readonly key: string;
}

/** Handles a tombstone, with the contract of `EventHandler`. */
export type TombstoneHandler = (tombstone: Tombstone, trx: Knex.Transaction) => Promise<unknown>;

/**
 * A handler with its delivery: exactly-once effect in the database, for one event or several, or at least once for any
 * effect.
 */
export type DefinedHandler<T> =
  | { delivery: 'exactly-once'; handler: EventHandler<T>; locks?: HandlerLocks }
  | { delivery: 'in batches'; handler: BatchHandler<T> }
  | { delivery: 'at-least-once'; handler: EffectHandler<T> };

/** The locks that a handler needs. Those of a batch are taken together, before its first handler runs. */
export interface HandlerLocks {
  /** Returns the names of the locks for an event. Pure. */
  names: (event: ReceivedEvent) => readonly string[];
  /** Takes the locks until the end of the transaction. The same function for all handlers that share locks. */
  take: (trx: Knex.Transaction, names: readonly string[]) => Promise<void>;
}

/** One of several events that may be handled together. */
export interface BatchPart {
  event: ReceivedEvent;
  /** The same function for all events that may be handled together. */
  handle: (events: readonly ReceivedEvent[], trx: Knex.Transaction) => Promise<void>;
}
