import type { Knex } from 'knex';

/**
 * Creates the tables of sagas: `saga_instances`, one row for each saga, also after its end; `saga_steps`, the steps of each;
 * `saga_timeouts`, the timers and the commands of operators, which any replica executes when they are due; `saga_history`, each
 * change of a saga; `saga_early_replies`, the replies that arrived before their saga or their step.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table saga_instances (
      saga text not null,
      id text not null,
      version integer not null,
      status text not null check (status in ('running', 'compensating', 'completed', 'compensated')),
      stuck boolean not null default false,
      state jsonb not null,
      correlation_id text not null,
      revision integer not null default 1,
      started_at timestamptz not null default clock_timestamp(),
      updated_at timestamptz not null default clock_timestamp(),
      ended_at timestamptz,
      primary key (saga, id)
    )`);
  await knex.raw(`
    create index saga_instances_open on saga_instances (saga, started_at) where ended_at is null`);
  await knex.raw(`
    create index saga_instances_ended on saga_instances (ended_at) where ended_at is not null`);
  await knex.raw(`
    create table saga_steps (
      saga text not null,
      id text not null,
      step text not null,
      status text not null,
      request_group integer not null,
      attempts integer not null,
      changed_at timestamptz not null default clock_timestamp(),
      primary key (saga, id, step)
    )`);
  await knex.raw(`
    create table saga_timeouts (
      saga text not null,
      id text not null,
      name text not null,
      due_at timestamptz not null,
      command jsonb,
      failures integer not null default 0,
      error text,
      primary key (saga, id, name)
    )`);
  await knex.raw('create index saga_timeouts_due on saga_timeouts (due_at)');
  await knex.raw(`
    create table saga_history (
      saga text not null,
      id text not null,
      revision integer not null,
      at timestamptz not null default clock_timestamp(),
      cause jsonb not null,
      status text not null,
      changes jsonb not null,
      published jsonb not null,
      primary key (saga, id, revision)
    )`);
  await knex.raw(`
    create table saga_early_replies (
      saga text not null,
      id text not null,
      step text not null,
      outcome text not null check (outcome in ('success', 'failure')),
      event jsonb not null,
      received_at timestamptz not null default clock_timestamp(),
      primary key (saga, id, step)
    )`);
  await knex.raw('create index saga_early_replies_received on saga_early_replies (received_at)');
}

/** Refuses to run while sagas are running: their steps would be neither finished nor undone. */
export async function down(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw('lock table saga_instances in access exclusive mode');
    if (await trx('saga_instances').whereNull('ended_at').first('id')) {
      throw new Error(
        'table saga_instances has sagas that are running; let them end, or delete the rows yourself if they may be lost, then roll back',
      );
    }
    for (const table of ['early_replies', 'history', 'timeouts', 'steps', 'instances'])
      await trx.schema.dropTable(`saga_${table}`);
  });
}
