import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { createOutbox } from '../../../src/runtime/events/outbox/publish.ts';
import { requestIdOf } from '../../../src/runtime/sagas/machine/draft.ts';
import { createSagaMetrics } from '../../../src/runtime/sagas/running/metrics.ts';
import { createSagaRunner, type SagaRunner } from '../../../src/runtime/sagas/running/runner.ts';
import { createTimerWorker } from '../../../src/runtime/sagas/running/timer-worker.ts';
import { lockSagas, SAGA_LOCK_SPACE } from '../../../src/runtime/sagas/store/lock.ts';
import { findDueTimers } from '../../../src/runtime/sagas/store/timers.ts';
import { up as createOutboxTable } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createSagaTables } from '../../../src/runtime/tables/sagas.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import * as order from './place-order.ts';

describe('a stored saga', () => {
  let created: TestDatabase;
  let database: Knex;
  let runner: SagaRunner;
  let reacting: SagaRunner;
  let orders = 0;
  let id: string;
  before(async () => {
    created = await createDatabase();
    database = connectDatabase({
      databaseUrl: created.url,
      databasePoolMax: 10,
      serviceName: 'order-service',
    });
    await createOutboxTable(database);
    await createSagaTables(database);
    const { publish } = createOutbox({
      database,
      contracts: order.orderContracts,
      serviceName: 'order-service',
    });
    const metrics = createSagaMetrics(database, new Registry(), () => []);
    const base = { endings: {}, isOwn: true, publish, metrics };
    runner = createSagaRunner({ ...base, definition: order.placeOrder });
    reacting = createSagaRunner({ ...base, definition: order.reactingOrder });
  });
  after(async () => {
    await database.destroy();
    await created.drop();
  });
  beforeEach(() => (id = `o-${(orders += 1)}`));

  const start = (of: SagaRunner): Promise<void> =>
    database.transaction((trx) => of.start(order.received(order.orderCreated, id, { total: 5 }), trx));
  const answer = (definition: typeof order.paymentProcessed, step = 'payment') =>
    order.received(definition, 'x', { orderId: id, requestId: requestIdOf('place-order', id, step, 1) });
  const instance = () => database('saga_instances').where({ id }).first();
  const outbox = async (): Promise<string[]> => {
    const rows: { headers: Record<string, string> }[] = await database('event_outbox')
      .where({ key: id })
      .orderBy('id')
      .select('headers');
    return rows.map(({ headers }) => headers['ce_type'] ?? '');
  };
  const timerOf = (name: string) => ({ saga: 'place-order', id, name });
  const due = (name: string) =>
    database('saga_timeouts')
      .where(timerOf(name))
      .update({ due_at: new Date(0) });

  it('is changed by one transaction at a time', async () => {
    await start(reacting);
    const first = await database.transaction();
    await reacting.receive(answer(order.paymentProcessed), first);
    const second = database.transaction((trx) => reacting.receive(answer(order.stockReserved), trx));
    await waitFor(async () => (await database.raw(`select from pg_locks where not granted`)).rows.length > 0);
    await first.commit();
    await second;
    assert.equal((await instance()).status, 'completed');
  });

  it('is locked in one order, in whatever order a batch names the sagas', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `saga/${index}`);
    const { rows } = await database.raw<{ rows: { bucket: number }[] }>(
      `select max((hashtextextended(key, 0) & 1023)::int) as bucket from unnest(?::text[]) as saga (key)`,
      [names],
    );
    const last = rows[0]?.bucket ?? 0;
    const holder = await database.transaction();
    await holder.raw('select pg_advisory_xact_lock(?, ?)', [SAGA_LOCK_SPACE, last]);
    const locking = database.transaction((trx) => lockSagas(trx, names.toReversed()));
    const held = async (): Promise<number[]> => {
      const locks = await database.raw<{ rows: { objid: string; granted: boolean }[] }>(
        `select objid, granted from pg_locks where locktype = 'advisory' and classid = ${SAGA_LOCK_SPACE}`,
      );
      const isWaiting = locks.rows.some(({ granted }) => !granted);
      return isWaiting ? locks.rows.filter(({ granted }) => granted).map(({ objid }) => Number(objid)) : [];
    };
    await waitFor(async () => (await held()).length > 1);
    const distinct = await database.raw<{ rows: object[] }>(
      `select distinct (hashtextextended(key, 0) & 1023)::int from unnest(?::text[]) as saga (key)`,
      [names],
    );
    assert.equal((await held()).length, distinct.rows.length);
    await holder.commit();
    await locking;
  });

  it('starts once for each id', async () => {
    for (const _ of [1, 2]) await start(runner);
    assert.deepEqual(await outbox(), ['order.payment-requested']);
  });

  it('has no due timer for an older release', async () => {
    await start(runner);
    await due('payment');
    const found = async () =>
      (await findDueTimers(database, [runner.definition], 1_000)).filter((timer) => timer.id === id);
    assert.deepEqual(await found(), [timerOf('payment')]);
    await database('saga_instances').where({ id }).update({ version: 2 });
    assert.deepEqual(await found(), []);
  });

  it('fires a timer once, by the clock of the database', async () => {
    await start(runner);
    await database.transaction((trx) => runner.fire(timerOf('payment'), trx));
    assert.equal((await instance()).status, 'running');
    await due('payment');
    for (const _ of [1, 2]) await database.transaction((trx) => runner.fire(timerOf('payment'), trx));
    assert.deepEqual(await outbox(), ['order.payment-requested', 'order.payment-cancelled']);
  });

  it('rolls back with the transaction of its reply', async () => {
    await start(runner);
    const failing = database.transaction(async (trx) => {
      await runner.receive(answer(order.paymentProcessed), trx);
      throw new Error('a later handler of the batch failed');
    });
    await assert.rejects(failing, /a later handler/);
    assert.deepEqual((await instance()).state, { total: 5 });
    assert.deepEqual(await outbox(), ['order.payment-requested']);
  });

  it('refuses a state that does not match its schema', async () => {
    await start(runner);
    const bad = { ...answer(order.paymentProcessed), subject: '' };
    const failing = database.transaction((trx) => runner.receive(bad, trx));
    await assert.rejects(
      failing,
      /the state of saga place-order o-\d+ does not match its schema: "paymentId"/,
    );
  });

  it('lifts the state of an older version', async () => {
    await start(runner);
    const newer = createSagaRunner({
      definition: {
        ...order.placeOrder,
        version: 2,
        upcasts: { 1: (state: Record<string, unknown>) => ({ ...state, total: 6 }) },
      },
      ...{ endings: {}, isOwn: true },
      publish: createOutbox({ database, contracts: order.orderContracts, serviceName: 'order-service' })
        .publish,
      metrics: createSagaMetrics(database, new Registry(), () => []),
    });
    await database.transaction((trx) => newer.receive(answer(order.paymentProcessed), trx));
    const { version, state } = await instance();
    assert.deepEqual({ version, state }, { version: 2, state: { total: 6, paymentId: 'x' } });
  });

  it('executes the command of an operator, and tells why it cannot', async () => {
    await start(runner);
    const worker = createTimerWorker({
      ...{ database, logger: pino({ level: 'silent' }), poll: 20 },
      runners: new Map([['place-order', runner]]),
    });
    const command = (verb: object) =>
      database('saga_timeouts').insert({
        ...timerOf('operator'),
        due_at: new Date(0),
        command: JSON.stringify(verb),
      });
    worker.start();
    await command({ verb: 'compensate', reason: 'the customer called' });
    await waitFor(async () => (await instance()).status === 'compensating');
    const [, last] = await database('saga_history').where({ id }).orderBy('revision');
    assert.deepEqual(last.cause, { command: 'compensate', reason: 'the customer called' });
    await command({ verb: 'compensate' });
    const error = async () =>
      (await database('saga_timeouts').where(timerOf('operator')).first('error'))?.error;
    await waitFor(async () => Boolean(await error()));
    assert.match(await error(), /is compensating already/);
    await worker.stop();
  });

  it('postpones a timer that fails, and fires the others', async () => {
    await start(runner);
    await database('saga_instances')
      .where({ id })
      .update({ state: JSON.stringify({ total: 'many' }) });
    await due('payment');
    const worker = createTimerWorker({
      ...{ database, logger: pino({ level: 'silent' }), poll: 20 },
      runners: new Map([['place-order', runner]]),
    });
    worker.start();
    const timer = () => database('saga_timeouts').where(timerOf('payment')).first();
    await waitFor(async () => (await timer()).failures === 1);
    assert.match((await timer()).error, /SagaStateError: the state of saga/);
    assert.ok((await timer()).due_at > new Date());
    await worker.stop();
  });
});
