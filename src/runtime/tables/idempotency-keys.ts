import type { Knex } from 'knex';

/**
 * Creates `idempotency_keys`, the answers to requests with an `Idempotency-Key`. `id` is a hash of the route, the caller and the
 * key; `fingerprint` is a keyed hash of the request. A body is stored as the bytes that were sent.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table idempotency_keys (
      id bytea primary key,
      fingerprint bytea not null,
      status smallint not null,
      headers jsonb not null,
      body bytea not null,
      created_at timestamptz not null default now()
    )`);
  await knex.raw('create index idempotency_keys_created_at on idempotency_keys (created_at)');
}

/** Drops the stored answers: a request that is repeated later takes effect again. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('idempotency_keys');
}
