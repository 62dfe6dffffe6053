import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { EventBus } from '../../../src/runtime/events/event-bus.ts';
import { createOrderWorld, type OrderWorld } from './order-service.ts';
import * as order from './place-order.ts';

describe('bus.addSaga', () => {
  let world: OrderWorld;
  let orders = 0;
  let id: string;
  before(async () => (world = await createOrderWorld()));
  after(() => world.close());
  beforeEach(() => (id = `o-${(orders += 1)}`));
  afterEach(() => world.stop());

  const orderService = (): EventBus => world.service('order-service', order.orderContracts);
  const steps = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await world.database('saga_steps').where({ id }).select('step', 'status')).map(
        ({ step, status }: { step: string; status: string }) => [step, status],
      ),
    );
  const published = async (): Promise<string[]> => {
    const rows: { published: { type: string }[] }[] = await world
      .database('saga_history')
      .where({ id })
      .orderBy('revision')
      .select('published');
    return rows.flatMap((row) => row.published.map(({ type }) => type));
  };
  const timers = (): Promise<string[]> =>
    world.database('saga_timeouts').where({ id }).orderBy('name').pluck('name');
  const create = (bus: EventBus): Promise<string> => bus.publish(order.orderCreated.of(id, { total: 5 }));
  const due = (name: string) =>
    world
      .database('saga_timeouts')
      .where({ id, name })
      .update({ due_at: new Date(0) });

  it('starts with its event, requests each step in another service, and ends with its handler', async () => {
    const bus = orderService();
    const ends: string[] = [];
    bus.addSaga(order.placeOrder, {
      completed: async ({ id: of, state }, trx) => {
        await trx('effect').insert({ key: of, text: state.paymentId });
        ends.push(of);
      },
    });
    await world.participant([
      [order.paymentRequested, () => order.paymentProcessed],
      [order.stockRequested, () => order.stockReserved],
      [order.shippingRequested, () => order.shippingPlanned],
    ]);
    await bus.start();
    await create(bus);
    await world.until(id, 'completed');
    assert.deepEqual(await steps(), { payment: 'succeeded', stock: 'succeeded', shipping: 'succeeded' });
    assert.deepEqual(await world.database('effect').where({ key: id }).pluck('text'), [`of-${id}`]);
    assert.equal((await published()).at(-1), 'order.confirmed');
    assert.deepEqual(await timers(), []);
    const metrics = await world.registry.metrics();
    assert.match(metrics, /microservice_saga_ended_total\{saga="place-order",status="completed"\} 1/);
    assert.match(metrics, /microservice_sagas\{saga="place-order",status="running"\} 0/);
  });

  it('undoes the steps before one that fails', async () => {
    const bus = orderService();
    bus.addSaga(order.placeOrder);
    await world.participant([
      [order.paymentRequested, () => order.paymentProcessed],
      [order.paymentCancelled, () => order.paymentRefunded],
      [order.stockRequested, () => order.stockMissing],
    ]);
    await bus.start();
    await create(bus);
    await world.until(id, 'compensated');
    assert.deepEqual(await steps(), { payment: 'compensated', stock: 'failed', shipping: 'pending' });
    assert.deepEqual(await published(), [
      'order.payment-requested',
      'order.stock-requested',
      'order.payment-cancelled',
      'order.cancelled',
    ]);
  });

  it('starts in the transaction that publishes its event, or not at all, and once', async () => {
    const bus = orderService();
    bus.addSaga(order.placeOrder);
    await bus.start();
    const failing = world.database.transaction(async (trx) => {
      await bus.publish(order.orderCreated.of(id, { total: 5 }), trx);
      assert.equal((await trx('saga_instances').where({ id })).length, 1);
      throw new Error('the order is refused');
    });
    await assert.rejects(failing, /the order is refused/);
    assert.deepEqual(await world.database('saga_instances').where({ id }), []);
    await create(bus);
    await create(bus);
    assert.deepEqual(await published(), ['order.payment-requested']);
    assert.deepEqual(await timers(), ['deadline', 'payment']);
  });

  it('cancels a step whose timeout is due, once, with two replicas', async () => {
    const replicas = [orderService(), world.service('order-service', order.orderContracts)];
    for (const replica of replicas) {
      replica.addSaga(order.placeOrder);
      await replica.start();
    }
    const [bus] = replicas;
    assert.ok(bus);
    await create(bus);
    await due('payment');
    await world.until(id, 'compensating');
    await world.participant([[order.paymentCancelled, () => order.paymentRefunded]]);
    await due('payment');
    await world.until(id, 'compensated');
    const cancels = (await published()).filter((type) => type === 'order.payment-cancelled');
    assert.ok(cancels.length >= 1 && cancels.length <= 2, `${cancels.length} cancels`);
    assert.deepEqual(await timers(), []);
  });

  it('starts with an event of another service, and applies a reply that came before it', async () => {
    const bus = world.service('shop-service', {
      published: order.orderContracts.published.filter((each) => each !== order.orderCreated),
      consumed: [...order.orderContracts.consumed, order.orderCreated],
    });
    bus.addSaga({ ...order.reactingOrder, from: 'earliest' });
    const other = world.service('other-service', {
      published: [order.orderCreated, ...order.orderContracts.consumed],
      consumed: [],
    });
    await Promise.all([bus.start(), other.start()]);
    await other.publish(order.paymentProcessed.of('p', { orderId: id, requestId: '?' }));
    const early = () => world.database('saga_early_replies').where({ id });
    await waitFor(async () => (await early()).length === 1);
    await create(other);
    await waitFor(async () => (await steps())['payment'] !== undefined);
    assert.deepEqual(await steps(), { payment: 'succeeded', stock: 'requested' });
    await other.publish(order.stockReserved.of('s', { orderId: id, requestId: '?' }));
    await world.until(id, 'completed');
    assert.deepEqual(await early(), []);
  });

  it('makes an event without an id of its saga a dead letter', async () => {
    const bus = orderService();
    bus.addSaga(order.placeOrder);
    await world.participant([[order.paymentRequested, () => undefined]]);
    await bus.start();
    await create(bus);
    const { topic, key } = { topic: 'payment.events', key: `key of ${id}` };
    const other = world.service('other-service', { published: order.orderContracts.consumed, consumed: [] });
    await other.start();
    await other.publish(topic, { type: 'payment.processed', data: { orderId: '', requestId: 'r' } }, { key });
    const dead = () =>
      world.database('event_parked_keys').where({ key, state: 'dead' }).first('reason', 'error');
    await waitFor(async () => (await dead()) !== undefined);
    const { reason, error } = await dead();
    assert.equal(reason, 'unreadable');
    assert.match(error, /payment.processed belongs to no saga: its id is ""/);
  });

  it('leaves a saga of a newer release to that release', async () => {
    const bus = orderService();
    bus.addSaga(order.placeOrder);
    await bus.start();
    await create(bus);
    await world.database('saga_instances').where({ id }).update({ version: 2 });
    await due('payment');
    await world.participant([[order.paymentRequested, () => order.paymentProcessed]]);
    const parked = () =>
      world
        .database('event_parked_keys')
        .where({ key: `of-${id}` })
        .first('state', 'reason');
    await waitFor(async () => (await parked()) !== undefined);
    assert.deepEqual(await parked(), { state: 'parked', reason: 'unknown version' });
    await world.database('saga_instances').where({ id }).update({ version: 1 });
    await waitFor(async () => (await steps())['payment'] !== 'requested');
  });

  it('starts again after a deadlock with another transaction', async () => {
    const bus = orderService();
    bus.addSaga(order.placeOrder);
    bus.addSaga(order.reactingOrder);
    await bus.start();
    const [holder, gate] = [await world.database.transaction(), await world.database.transaction()];
    const hold = (saga: string) =>
      holder('saga_instances').insert({
        ...{ saga, id, version: 1, status: 'running', state: {}, correlation_id: 'held' },
      });
    const isWaiting = (locktype: string, seconds: number) => async () =>
      (
        await world
          .database('pg_locks')
          .where({ granted: false, locktype })
          .whereRaw('waitstart <= clock_timestamp() - make_interval(secs => ?)', [seconds])
      ).length > 0;
    await stopAtGate();
    await hold('reacting-order');
    await gate.raw('select pg_advisory_xact_lock(4201)');
    const publishing = create(bus).then(() => 'started', String);
    await waitFor(isWaiting('advisory', 0));
    const held = hold('place-order').then(() => 'held', String);
    await waitFor(isWaiting('transactionid', 2)); // a transaction looks for a deadlock once, after 1 s, and ends itself
    await gate.rollback();
    assert.equal(await held, 'held');
    await holder.rollback();
    assert.equal(await publishing, 'started');
    assert.equal((await world.database('saga_instances').where({ id })).length, 2);
  });

  /** The second saga of an order waits for an advisory lock before it starts. */
  const stopAtGate = () =>
    world.database.raw(`
      create function wait_at_gate() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(4201); return new; end $$;
      create trigger gate before insert on saga_instances
        for each row when (new.saga = 'reacting-order' and new.correlation_id <> 'held') execute function wait_at_gate()`);

  it('warns at its start of a step that running sagas have and the release has not', async () => {
    const bus = orderService();
    bus.addSaga(order.placeOrder);
    await bus.start();
    await create(bus);
    await world
      .database('saga_steps')
      .insert({ saga: 'place-order', id, step: 'gift', status: 'succeeded', request_group: 1, attempts: 1 });
    const warnings = () => world.log.filter(({ msg }) => msg.includes('have the step gift'));
    assert.deepEqual(warnings(), []);
    const next = orderService();
    next.addSaga(order.placeOrder);
    await next.start();
    assert.equal(warnings().length, 1);
  });

  it('throws for an event that is not in the contracts', () => {
    const bus = world.service('order-service', { published: [], consumed: [] });
    assert.throws(() => bus.addSaga(order.placeOrder), /order.created version 1 is not consumed/);
  });
});
