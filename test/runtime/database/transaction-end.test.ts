import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import type { Client as Connection } from 'pg';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { onTransactionEnd, rejectRolledBack } from '../../../src/runtime/database/transaction-end.ts';
import { createOutbox, type Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { createOutboxDatabase, orderPlaced, type OutboxDatabase } from '../events/outbox-fixture.ts';

describe('the end of a transaction', () => {
  let world: OutboxDatabase;
  let database: Knex;
  let outbox: Outbox;
  let steps: string[];

  const placed = (id: string) => orderPlaced.of(id, { id, total: 1 });
  const saved = async (): Promise<string[]> => database('event_outbox').orderBy('id').pluck('key');
  const note = (trx: Knex.Transaction, name: string) =>
    onTransactionEnd(trx, {
      beforeCommit: async () => void steps.push(`${name} before commit`),
      afterCommit: () => void steps.push(`${name} committed`),
      afterRelease: () => void steps.push(`${name} released`),
    });
  /** Makes the transaction fail silently just before COMMIT, like a statement that is not awaited. */
  const spoil = (trx: Knex.Transaction) =>
    onTransactionEnd(trx, {
      beforeCommit: async (connection) => void (await connection.query('select 1/0').catch(() => undefined)),
    });

  before(async () => {
    world = await createOutboxDatabase();
    // one connection, so each transaction reuses that of the previous one
    database = connectDatabase({ databaseUrl: world.url, databasePoolMax: 1, serviceName: 'order-service' });
    await database.raw('create table late (id int unique deferrable initially deferred)');
  });
  after(async () => {
    await database?.destroy();
    await world?.close();
  });
  beforeEach(async () => {
    await database('event_outbox').delete();
    await database('late').delete();
    steps = [];
    outbox = createOutbox({
      database,
      contracts: { published: [orderPlaced] },
      serviceName: 'order-service',
    });
    outbox.onCommit(() => void steps.push('outbox committed'));
  });

  it('runs all hooks in order, before and after COMMIT', async () => {
    await database.transaction(async (trx) => {
      note(trx, 'first');
      rejectRolledBack(trx);
      await outbox.publish(placed('a'), trx);
      note(trx, 'second');
    });
    assert.deepEqual(steps, [
      'first before commit',
      'second before commit',
      'first committed',
      'outbox committed',
      'second committed',
    ]);
    assert.deepEqual(await saved(), ['a']);
  });

  for (const explicit of [false, true]) {
    const form = explicit ? 'with an explicit commit' : 'when its callback returns';
    const run = async (work: (trx: Knex.Transaction) => Promise<void>): Promise<void> => {
      if (!explicit) return database.transaction(work);
      const trx = await database.transaction();
      await work(trx);
      await trx.commit();
    };

    it(`rejects ${form} and PostgreSQL rolls back a transaction that published`, async () => {
      const spoilt = run(async (trx) => {
        rejectRolledBack(trx);
        await outbox.publish(placed('spoilt'), trx);
        spoil(trx);
      });
      await assert.rejects(spoilt, /rolled back .*savepoint/);
      assert.deepEqual(steps, []);
      assert.deepEqual(await saved(), []);
    });

    it(`rejects ${form} and COMMIT fails in a transaction that published`, async () => {
      const failing = run(async (trx) => {
        rejectRolledBack(trx);
        await trx('late').insert([{ id: 1 }, { id: 1 }]);
        await outbox.publish(placed('late'), trx);
        note(trx, 'last');
      });
      await assert.rejects(failing, { code: '23505' });
      assert.deepEqual(steps, ['last before commit']);
      assert.deepEqual(await saved(), []);
    });
  }

  it('rolls back, and runs no other hook, when a hook fails', async () => {
    const failing = database.transaction(async (trx) => {
      await outbox.publish(placed('lost'), trx);
      onTransactionEnd(trx, { beforeCommit: () => Promise.reject(new Error('no')) });
      note(trx, 'never');
    });
    await assert.rejects(failing, /^Error: no$/);
    assert.deepEqual(steps, []);
    assert.deepEqual(await saved(), []);
  });

  it('passes on the events of nested savepoints as the savepoints are released', async () => {
    await database.transaction(async (trx) => {
      rejectRolledBack(trx);
      note(trx, 'outer');
      await trx.transaction(async (savepoint) => {
        rejectRolledBack(savepoint);
        note(savepoint, 'middle');
        await savepoint.transaction(async (inner) => {
          note(inner, 'inner');
          await outbox.publish(placed('kept'), inner);
        });
        const dropped = savepoint.transaction(async (inner) => {
          note(inner, 'dropped');
          await outbox.publish(placed('dropped'), inner);
          await inner.raw('select 1/0');
        });
        await assert.rejects(dropped, { code: '22012' });
      });
    });
    assert.deepEqual(steps, [
      'inner released',
      'middle released',
      'outer before commit',
      'outer committed',
      'outbox committed',
    ]);
    assert.deepEqual(await saved(), ['kept']);
  });

  it('runs no hook after a rollback', async () => {
    const trx = await database.transaction();
    note(trx, 'never');
    await outbox.publish(placed('never'), trx);
    await trx.rollback();
    assert.deepEqual(steps, []);
    assert.deepEqual(await saved(), []);
  });

  it('leaves nothing on the connection that returns to the pool', async () => {
    const properties = async (): Promise<unknown[]> => {
      const connection: Connection = await database.client.acquireConnection();
      await database.client.releaseConnection(connection);
      return [
        connection,
        Reflect.ownKeys(connection).map(String).toSorted(),
        Reflect.get(connection, 'query'),
      ];
    };
    const before = await properties();
    await database.transaction(async (trx) => {
      rejectRolledBack(trx);
      await trx.transaction((savepoint) => outbox.publish(placed('a'), savepoint));
    });
    const failing = database.transaction(async (trx) => {
      await outbox.publish(placed('b'), trx);
      throw new Error('no');
    });
    await assert.rejects(failing, /no/);
    assert.deepEqual(await properties(), before);
    const plain = await database.transaction();
    await plain.commit();
    assert.deepEqual(steps, ['outbox committed']);
  });
});
