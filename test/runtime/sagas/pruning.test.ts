import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { createOutbox } from '../../../src/runtime/events/outbox/publish.ts';
import { createSagaMetrics } from '../../../src/runtime/sagas/running/metrics.ts';
import { createSagaPruning } from '../../../src/runtime/sagas/running/pruning.ts';
import { createSagaRunner, type SagaRunner } from '../../../src/runtime/sagas/running/runner.ts';
import { deleteEnded } from '../../../src/runtime/sagas/store/old-rows.ts';
import { up as createOutboxTable } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createRequests } from '../../../src/runtime/tables/saga-requests.ts';
import { up as createSagaTables } from '../../../src/runtime/tables/sagas.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import * as order from './place-order.ts';

const DAY = 24 * 60 * 60 * 1_000;
const tables = ['instances', 'steps', 'timeouts', 'history', 'early_replies'];

describe('old rows of sagas', () => {
  let created: TestDatabase;
  let database: Knex;
  let registry: Registry;
  /** Of a saga that an event of the service itself starts, and of one that an event of another service starts. */
  let own: SagaRunner;
  let foreign: SagaRunner;

  before(async () => {
    created = await createDatabase();
    database = connectDatabase({
      databaseUrl: created.url,
      databasePoolMax: 5,
      serviceName: 'order-service',
    });
    await createOutboxTable(database);
    await createSagaTables(database);
    await createRequests(database);
    registry = new Registry();
    const { publish } = createOutbox({
      ...{ database, contracts: order.orderContracts, serviceName: 'order-service' },
    });
    const metrics = createSagaMetrics(database, registry, () => []);
    const base = { endings: {}, publish, metrics };
    own = createSagaRunner({ ...base, isOwn: true, definition: order.placeOrder });
    foreign = createSagaRunner({ ...base, isOwn: false, definition: order.reactingOrder });
  });
  after(async () => {
    await database.destroy();
    await created.drop();
  });
  beforeEach(async () => {
    for (const name of [...tables, 'requests']) await database(`saga_${name}`).delete();
  });

  const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY);
  const start = (of: SagaRunner, id: string): Promise<void> =>
    database.transaction((trx) => of.start(order.received(order.orderCreated, id, { total: 5 }), trx));
  const answer = (of: SagaRunner, definition: typeof order.paymentProcessed, id: string): Promise<void> =>
    database.transaction((trx) =>
      of.receive(
        order.received(definition, 'x', { orderId: id, requestId: `place-order/${id}/stock/1` }),
        trx,
      ),
    );
  /** Starts a saga and ends it, this long ago. */
  async function ended(id: string, days: number): Promise<void> {
    await start(foreign, id);
    for (const definition of [order.paymentProcessed, order.stockReserved])
      await answer(foreign, definition, id);
    const changed = await database('saga_instances')
      .where({ id, status: 'completed' })
      .update({ ended_at: daysAgo(days) });
    assert.equal(changed, 1);
  }
  const idsOf = (name: string): Promise<string[]> =>
    database(`saga_${name}`).distinct('id').orderBy('id').pluck('id');
  const never = (): boolean => false;

  /** Prunes once, by the schedule. */
  async function prune(): Promise<void> {
    await database('saga_requests').insert({
      ...{ request_id: 'oldest', status: 'done', used_at: daysAgo(1_000) },
    });
    const pruning = createSagaPruning({
      ...{ database, logger: pino({ level: 'silent' }) },
      config: { retention: 30 * DAY, requestRetention: 90 * DAY },
      delays: { first: 0, next: 60_000, failed: 60_000 },
    });
    pruning.start();
    const oldest = () => database('saga_requests').where({ request_id: 'oldest' }).first();
    await waitFor(async () => (await oldest()) === undefined);
    await pruning.stop();
  }

  it('are deleted with their saga after the retention, and those of a running saga never', async () => {
    await ended('old', 31);
    await ended('new', 29);
    await start(own, 'running');
    await database('saga_instances')
      .where({ id: 'running' })
      .update({ started_at: daysAgo(400) });
    await database('saga_timeouts').insert({
      saga: 'reacting-order',
      id: 'old',
      name: 'operator',
      due_at: 'infinity',
    });
    await prune();
    for (const name of ['instances', 'steps', 'history'])
      assert.deepEqual(await idsOf(name), ['new', 'running'], name);
    assert.deepEqual(await idsOf('timeouts'), ['running']);
  });

  it('include early replies that no saga has got, and not those of a running saga', async () => {
    await start(own, 'running');
    await answer(own, order.stockReserved, 'running');
    for (const id of ['stray', 'recent']) await answer(foreign, order.paymentProcessed, id);
    await database('saga_early_replies')
      .whereNot({ id: 'recent' })
      .update({ received_at: daysAgo(31) });
    await prune();
    assert.deepEqual(await idsOf('early_replies'), ['recent', 'running']);
  });

  it('include requests that were not received again', async () => {
    const requests = [91, 89].map((days) => ({
      ...{ request_id: `${days}`, status: 'done', used_at: daysAgo(days) },
    }));
    await database('saga_requests').insert(requests);
    await prune();
    assert.deepEqual(await database('saga_requests').pluck('request_id'), ['89']);
  });

  it('are deleted by several replicas at once, and no replica waits', async () => {
    await ended('locked', 31);
    for (const id of ['a', 'b', 'c']) await ended(id, 31);
    const other = await database.transaction();
    await other.raw(`set local idle_in_transaction_session_timeout = '5s'`); // ends a replica's wait
    await other('saga_instances').where({ id: 'locked' }).forUpdate().first();
    const deleted = await Promise.all([1, 2].map(() => deleteEnded(database, 30 * DAY, never)));
    assert.equal((deleted[0] ?? 0) + (deleted[1] ?? 0), 3);
    await other.rollback();
    assert.equal(await deleteEnded(database, 30 * DAY, never), 1);
    assert.deepEqual(await idsOf('history'), []);
  });

  it('are found by indexes', async () => {
    const plan = async (where: string): Promise<string> => {
      const { rows } = await database.transaction(async (trx) => {
        await trx.raw('set local enable_seqscan = off');
        return trx.raw<{ rows: Record<string, string>[] }>(`explain select from ${where}`);
      });
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const old = `>= '-infinity' and`;
    assert.match(
      await plan(`saga_instances where ended_at ${old} ended_at < now() order by ended_at`),
      /saga_instances_ended/,
    );
    assert.match(
      await plan(`saga_early_replies where received_at ${old} received_at < now() order by received_at`),
      /saga_early_replies_received/,
    );
    assert.match(
      await plan(`saga_requests where used_at ${old} used_at < now() order by used_at`),
      /saga_requests_used/,
    );
  });

  it('leave no trace: a late reply to a deleted saga is ignored, and counted as unknown', async () => {
    await start(own, 'gone');
    await database('saga_instances').update({ status: 'compensated', ended_at: daysAgo(31) });
    await prune();
    await answer(own, order.paymentProcessed, 'gone');
    assert.deepEqual(await idsOf('instances'), []);
    assert.deepEqual(await idsOf('early_replies'), []);
    assert.match(
      await registry.metrics(),
      /microservice_saga_ignored_replies_total\{saga="place-order",reason="unknown"\} 1/,
    );
  });
});
