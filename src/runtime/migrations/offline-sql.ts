import knexFactory, { type Knex } from 'knex';
import { migrationTable, quoted, type MigrationTable } from './migration-table.ts';
import { createOfflineClient } from './offline-client.ts';

/** The definition of Knex's own tables. */
const bookkeeping = (
  table: string,
  lock: string,
): string => `create table if not exists ${table} ("id" serial primary key, "name" varchar(255), "batch" integer, "migration_time" timestamptz);
create table if not exists ${lock} ("index" serial primary key, "is_locked" integer);
insert into ${lock} ("is_locked") select 0 where not exists (select 1 from ${lock});
`;

export interface OfflineOptions {
  /** The last migration to leave out. */
  after?: string | undefined;
  table?: MigrationTable;
}

export interface OfflineSql {
  sql: string;
  /** Migrations that read the database. Their queries returned no rows, so their later statements may be wrong. */
  warnings: string[];
}

/**
 * Returns the SQL of migrations, and of Knex's records of them, without a database: running it is the same as
 * `migrate:latest`. Pending migrations are not known without a database: `after` names the last one that has run.
 */
export async function offlineSql(
  source: Knex.MigrationSource<unknown>,
  { after, table = migrationTable() }: OfflineOptions = {},
): Promise<OfflineSql> {
  const warnings: string[] = [];
  const record = quoted(table);
  const lines: string[] = [bookkeeping(record, quoted(table, '_lock'))];
  const escaped = record.replaceAll('?', String.raw`\?`);
  let current = '';
  const client = createOfflineClient((sql, reads) => {
    if (reads) {
      warnings.push(`${current} reads the database; offline the query returned no rows: ${sql}`);
      lines.push(
        '-- reads: offline the query returned no rows, and later statements may depend on the result',
      );
    }
    lines.push(statement(sql));
  });
  const knex = knexFactory({ client });
  for (const migration of await migrationsAfter(source, after)) {
    current = source.getMigrationName(migration);
    lines.push(`\n-- migration ${current}`);
    await runMigration(knex, await source.getMigration(migration), async (database) => {
      await database.raw(
        `insert into ${escaped} ("name", "batch", "migration_time") values (?, (select coalesce(max("batch"), 0) + 1 from ${escaped}), now())`,
        [current],
      );
    });
  }
  return { sql: `${lines.join('\n')}\n`, warnings };
}

/** Knex's type omits a documented export: `export const config = { transaction: false }`. */
type Migration = Knex.Migration & { config?: { transaction?: boolean } };

async function runMigration(
  knex: Knex,
  migration: Migration,
  record: (database: Knex) => Promise<void>,
): Promise<void> {
  const step = async (database: Knex): Promise<void> => {
    await migration.up(database);
    await record(database);
  };
  await (migration.config?.transaction === false ? step(knex) : knex.transaction(step));
}

async function migrationsAfter(source: Knex.MigrationSource<unknown>, after?: string): Promise<unknown[]> {
  const migrations = await source.getMigrations([]);
  if (after === undefined) return migrations;
  const index = migrations.findIndex((migration) => source.getMigrationName(migration) === after);
  if (index < 0)
    throw new Error(`no migration is named ${after}; use a name that npx knex migrate:status prints`);
  return migrations.slice(index + 1);
}

const statement = (sql: string): string => (/;\s*$/.test(sql) ? sql : `${sql};`);
