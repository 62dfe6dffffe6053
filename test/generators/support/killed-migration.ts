import assert from 'node:assert/strict';
import knexFactory, { type Knex } from 'knex';

/** Runs a migration until its batch of this number, which fails as if the migrator were killed: the batches before it stay. */
export async function killInBatch(
  { up }: { up: (knex: Knex) => Promise<unknown> },
  { url, batch }: { url: string; batch: number },
): Promise<void> {
  const own = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 1 } });
  let batches = 0;
  own.on('query', ({ sql }: { sql: string }) => {
    batches += Number(sql.includes('with batch'));
    if (batches === batch) throw new Error('killed');
  });
  await assert.rejects(up(own), /killed/);
  await own.destroy();
}
