import type { Knex } from 'knex';

/**
 * Creates the tables of projections: `projection_active`, the version of each projection that is read, and the one before it;
 * `projection_versions`, each version with its table, its consumer group and its topics. A version is `waiting` until its rebuild
 * begins, then `live`, and in the end `dropped`. `begin_offsets` has the first offset of each `topic/partition` that it reads.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table projection_active (
      projection text primary key,
      active integer not null,
      previous integer,
      switched_at timestamptz not null default clock_timestamp()
    )`);
  await knex.raw(`
    create table projection_versions (
      projection text not null,
      version integer not null,
      table_name text not null,
      consumer_group text not null,
      topics jsonb not null,
      status text not null check (status in ('waiting', 'live', 'dropped')),
      begin_offsets jsonb,
      registered_at timestamptz not null default clock_timestamp(),
      begun_at timestamptz,
      activated_at timestamptz,
      dropped_at timestamptz,
      primary key (projection, version)
    )`);
}

/** Refuses to run while a projection has a version: the next start would read every event again into a table with rows. */
export async function down(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw('lock table projection_versions in access exclusive mode');
    const { rows } = await trx.raw<{ rows: object[] }>(
      `select from projection_versions where status <> 'dropped' limit 1`,
    );
    if (rows.length > 0)
      throw new Error(
        'table projection_versions has versions that are not dropped; remove the projections from the code, delete the rows yourself, then roll back',
      );
    await trx.schema.dropTable('projection_versions');
    await trx.schema.dropTable('projection_active');
  });
}
