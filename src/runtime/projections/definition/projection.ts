import type { Knex } from 'knex';
import type { EventDefinition, ReceivedEvent } from '../../events/event/definition.ts';

/**
 * The transaction of a projection's handler: queries, but not a `Knex.Transaction`, so that `bus.publish(event, trx)` does not compile.
 */
export interface ProjectionTransaction {
  // oxlint-disable-next-line typescript/no-explicit-any -- as Knex declares it
  <Row extends object = any>(table: string): Knex.QueryBuilder<Row>;
  readonly raw: Knex['raw'];
  readonly fn: Knex['fn'];
  readonly ref: Knex['ref'];
}

/** Applies an event to the table of a projection, in the transaction that records the event as handled. It cannot publish. */
export type ProjectionHandler<T = unknown> = (
  event: ReceivedEvent<T>,
  trx: ProjectionTransaction,
) => Promise<unknown>;

/** Applies consecutive events of one type and one partition. If it rejects for several events, it is called for each one alone. */
export type ProjectionBatchHandler<T = unknown> = (
  events: readonly ReceivedEvent<T>[],
  trx: ProjectionTransaction,
) => Promise<unknown>;

type HandlersOf<Data extends readonly unknown[]> = {
  [Index in keyof Data]: readonly [EventDefinition<Data[Index]>, ProjectionHandler<Data[Index]>];
};
type BatchHandlersOf<Data extends readonly unknown[]> = {
  [Index in keyof Data]: readonly [EventDefinition<Data[Index]>, ProjectionBatchHandler<Data[Index]>];
};

export interface ProjectionSettings<
  Reader,
  Data extends readonly unknown[] = unknown[],
  BatchData extends readonly unknown[] = unknown[],
> {
  /** Up to 48 lowercase letters, digits and hyphens, such as order-summary. The same for all versions. */
  name: string;
  /** 1, 2, 3, ... Raise it when the table or a handler changes, and keep the older definition until it is dropped. */
  version: number;
  /** The table of this version, which a migration creates; default: `<name>_v<version>`, as in order_summary_v1. */
  table?: string;
  on?: HandlersOf<Data>;
  /** Handlers that receive several events at once, for a fast rebuild. An event has a handler in `on` or in `onBatch`. */
  onBatch?: BatchHandlersOf<BatchData>;
  /** Returns the queries of this version. All versions of a projection have the same queries. */
  read: (database: Knex) => Reader;
}

/** A version of a projection; created by `defineProjection`. */
export interface ProjectionDefinition<Reader = unknown> {
  readonly name: string;
  readonly version: number;
  readonly table: string;
  readonly on: readonly (readonly [EventDefinition, ProjectionHandler<never>])[];
  readonly onBatch: readonly (readonly [EventDefinition, ProjectionBatchHandler<never>])[];
  readonly read: (database: Knex) => Reader;
}

const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 48;
const tablePattern = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Defines one version of a projection: a table that follows events. Throws if its name, its version, its table or its handlers are
 * invalid. `bus.addProjection` runs it.
 */
export function defineProjection<
  Reader,
  Data extends readonly unknown[],
  BatchData extends readonly unknown[] = [],
>(settings: ProjectionSettings<Reader, Data, BatchData>): ProjectionDefinition<Reader> {
  const { name, version, read } = settings;
  if (typeof name !== 'string' || name.length > LONGEST_NAME || !namePattern.test(name))
    throw new Error(
      `${JSON.stringify(name)} is not a valid projection name; use up to ${LONGEST_NAME} lowercase letters, digits and hyphens, as in order-summary`,
    );
  if (!Number.isSafeInteger(version) || version < 1)
    throw new Error(`projection ${name} has version ${version}; versions are 1, 2, 3, ...`);
  const { table = `${name.replaceAll('-', '_')}_v${version}` } = settings;
  if (!tablePattern.test(table))
    throw new Error(
      `projection ${name} has the table ${JSON.stringify(table)}; use up to 63 lowercase letters, digits and underscores`,
    );
  const { on = [], onBatch = [] } = settings as Partial<Pick<ProjectionDefinition, 'on' | 'onBatch'>>;
  if (on.length + onBatch.length === 0)
    throw new Error(
      `projection ${name} version ${version} has no handlers; name an event in \`on\` or \`onBatch\``,
    );
  return Object.freeze({ name, version, table, on, onBatch, read });
}

/** Returns the topics of a version, each once. */
export const projectionTopics = ({ on, onBatch }: ProjectionDefinition): string[] => [
  ...new Set([...on, ...onBatch].map(([{ topic }]) => topic)),
];

/** Names a version in errors and logs: `version 2 of projection order-summary`. */
export const versionTitle = ({ name, version }: Pick<ProjectionDefinition, 'name' | 'version'>): string =>
  `version ${version} of projection ${name}`;
