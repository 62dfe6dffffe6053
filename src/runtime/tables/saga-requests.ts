import type { Knex } from 'knex';

/**
 * Creates the table of the requests from sagas of other services. Each row has the outcome of a request and its answer, so that a
 * repeated request or cancel gets the same answer. `used_at` is when the request, or its cancel, was last received.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table saga_requests (
      request_id text primary key,
      status text not null check (status in ('done', 'refused', 'canceled')),
      answer jsonb,
      used_at timestamptz not null default now()
    )`);
  await knex.raw('create index saga_requests_used on saga_requests (used_at)');
}

/** Refuses to run while rows remain: a repeated request would be done again. */
export async function down(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw('lock table saga_requests in access exclusive mode');
    if (await trx('saga_requests').first('request_id'))
      throw new Error(
        'table saga_requests has rows, and without them a repeated request would be done again; delete the rows yourself if no saga is running, then roll back',
      );
    await trx.schema.dropTable('saga_requests');
  });
}
