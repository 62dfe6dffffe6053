import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { askOf, checkRequiredSchema, projectionSchema } from '../../database/required-schema.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import type { EventDefinition } from '../../events/event/definition.ts';
import type { DefinedHandler } from '../../events/handling/handler.ts';
import type { KafkaDriver } from '../../events/kafka/driver.ts';
import { projectionTopics, versionTitle, type ProjectionDefinition } from '../definition/projection.ts';
import { readVersions, registerVersions, type StoredVersion } from '../store/versions.ts';
import { projectionHandlers } from './handlers.ts';
import { createProjectionMetrics } from './metrics.ts';
import { createReaders, type Projection } from './reader.ts';
import { createVersionWatch, type VersionWatch } from './version-watch.ts';

/** Adds the versions of a projection; see `EventBus.addProjection`. */
export type AddProjection = <Reader>(
  ...versions: readonly [ProjectionDefinition<Reader>, ...ProjectionDefinition<Reader>[]]
) => Projection<Reader>;

/** The subscription of a version: its events with their handlers. */
export interface ProjectionSubscription {
  name: string;
  from: 'earliest';
  handlers: readonly (readonly [EventDefinition, DefinedHandler<unknown>])[];
}

/** The projections of a service. */
export interface Projections {
  add: AddProjection;
  /** Registers the versions. Rejects if a table is missing. */
  prepare(): Promise<void>;
  /** Starts the live versions, also those that become live later, and stops those that are dropped. */
  start(): void;
  stop(): Promise<void>;
}

export interface ProjectionsOptions {
  database: Knex;
  driver: Pick<KafkaDriver, 'topicOffsets'>;
  logger: Logger;
  registry: Registry;
  /** KAFKA_GROUP_ID, the prefix of the groups of the versions. */
  groupId: string;
  subscribe: (subscription: ProjectionSubscription) => void;
  begin: (groupId: string) => void;
  end: (groupId: string) => Promise<void>;
}

export function createProjections(options: ProjectionsOptions): Projections {
  const { database, logger, groupId, registry, subscribe } = options;
  const projections = new Map<string, readonly ProjectionDefinition[]>();
  const groupOf = ({ name, version }: ProjectionDefinition): string => `${groupId}.${name}.v${version}`;
  const newVersion = (definition: ProjectionDefinition) => ({
    ...{ projection: definition.name, version: definition.version, table: definition.table },
    ...{ group: groupOf(definition), topics: projectionTopics(definition) },
  });
  let watch: VersionWatch | undefined;
  createProjectionMetrics(database, registry, () => [...projections.keys()]);

  async function prepareOne(name: string, definitions: readonly ProjectionDefinition[]): Promise<void> {
    await inTransaction(database, (trx) => registerVersions(trx, name, definitions.map(newVersion)));
    const stored = await readVersions(database, name);
    for (const definition of definitions) {
      const version = stored.find((each) => each.version === definition.version);
      if (version?.status === 'dropped') continue;
      checkStored(definition, version);
      if (version && version.group !== groupOf(definition)) warnOfGroup(definition, version.group);
      await checkTableExists(database, definition);
    }
  }

  /** As in a replay beside the service: two groups would apply each event twice. */
  function warnOfGroup(definition: ProjectionDefinition, group: string): void {
    logger.warn(
      { projection: definition.name, version: definition.version, group },
      `group ${group} feeds ${versionTitle(definition)}, so this process only reads it: its KAFKA_GROUP_ID is ${groupId}`,
    );
  }

  return {
    add(...versions) {
      const definitions = versions as readonly ProjectionDefinition[];
      checkVersions(definitions);
      const { name } = versions[0];
      if (projections.has(name))
        throw new Error(
          `projection ${name} is already added; pass all of its versions in one bus.addProjection`,
        );
      for (const definition of definitions)
        subscribe({
          ...{ name: `${name}.v${definition.version}`, from: 'earliest' },
          handlers: projectionHandlers(definition),
        });
      projections.set(name, definitions);
      return createReaders(database, versions);
    },
    async prepare() {
      if (projections.size === 0) return;
      await checkRequiredSchema(askOf(database), projectionSchema);
      for (const [name, definitions] of projections) await prepareOne(name, definitions);
    },
    start() {
      if (projections.size === 0) return;
      const groups = new Set([...projections.values()].flat().map(groupOf));
      watch ??= createVersionWatch({ ...options, groups });
      watch.start();
    },
    stop: async () => watch?.stop(),
  };
}

function checkVersions(definitions: readonly ProjectionDefinition[]): void {
  const [first] = definitions;
  if (!first) throw new Error('bus.addProjection has no version; pass what defineProjection returns');
  for (const [index, one] of definitions.entries()) {
    if (one.name !== first.name)
      throw new Error(
        `bus.addProjection has versions of ${first.name} and of ${one.name}; call it once for each projection`,
      );
    const other = definitions.slice(0, index).find((each) => each.version === one.version);
    if (other) throw new Error(`${versionTitle(one)} is defined twice; give each one a different version`);
    const sharing = definitions.slice(0, index).find((each) => each.table === one.table);
    if (sharing)
      throw new Error(
        `versions ${sharing.version} and ${one.version} of projection ${one.name} have the table ${one.table}; give each version a table of its own`,
      );
  }
}

/** A version that changes its table without a new number would be read before it is built. */
function checkStored(definition: ProjectionDefinition, stored: StoredVersion | undefined): void {
  if (!stored || stored.table === definition.table) return;
  throw new Error(
    `${versionTitle(definition)} has the table ${definition.table}, and had ${stored.table} before; define version ${definition.version + 1} instead`,
  );
}

async function checkTableExists(database: Knex, definition: ProjectionDefinition): Promise<void> {
  const { rows } = await database.raw<{ rows: [{ found: boolean }] }>(
    'select to_regclass(?) is not null as found',
    [definition.table],
  );
  if (rows[0].found) return;
  throw new Error(
    `table ${definition.table} of ${versionTitle(definition)} is missing; create it in a migration, and run npx knex migrate:latest`,
  );
}
