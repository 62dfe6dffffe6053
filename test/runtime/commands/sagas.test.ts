import assert from 'node:assert/strict';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createOutbox } from '../../../src/runtime/events/outbox/publish.ts';
import { createSagaMetrics } from '../../../src/runtime/sagas/running/metrics.ts';
import { createSagaRunner, type SagaRunner } from '../../../src/runtime/sagas/running/runner.ts';
import { createTimerWorker } from '../../../src/runtime/sagas/running/timer-worker.ts';
import { up as createSagaTables } from '../../../src/runtime/tables/sagas.ts';
import * as order from '../sagas/place-order.ts';
import { createOperatedService, group, type OperatedService } from './operated-service.ts';

interface SagaDocument {
  id: string;
  status: string;
  waitingFor: string[];
}

describe('microservice-runtime sagas', function () {
  this.timeout(60_000);
  let service: OperatedService;
  let runner: SagaRunner;
  let orders = 0;
  let id: string;
  before(async () => {
    service = await createOperatedService();
    const { database } = service;
    await createSagaTables(database);
    const { publish } = createOutbox({
      database,
      contracts: order.orderContracts,
      serviceName: 'order-service',
    });
    const metrics = createSagaMetrics(database, new Registry(), () => []);
    runner = createSagaRunner({ definition: order.placeOrder, endings: {}, isOwn: true, publish, metrics });
  });
  after(() => service.remove());
  beforeEach(async () => {
    id = `o-${(orders += 1)}`;
    await service.database.transaction((trx) =>
      runner.start(order.received(order.orderCreated, id, { total: 5 }), trx),
    );
  });

  const sagas = (...args: string[]) => service.run(['sagas', ...args]);
  /** Runs a command while a replica of the service runs. */
  async function beside<T>(work: () => Promise<T>): Promise<T> {
    const worker = createTimerWorker({
      ...{ database: service.database, logger: pino({ level: 'silent' }), poll: 50 },
      runners: new Map([['place-order', runner]]),
    });
    worker.start();
    try {
      return await work();
    } finally {
      await worker.stop();
    }
  }

  it('list shows the sagas that have not ended, or those of a status', async () => {
    const { stdout } = await sagas('list', '--id', id);
    assert.match(stdout, /^SAGA +ID +STATUS +WAITS FOR +AGE\nplace-order +o-\d+ +running +payment +0s\n$/);
    await service.database('saga_instances').where({ id }).update({ stuck: true });
    const stuck = await service.json<{ sagas: SagaDocument[]; more: number }>([
      'sagas',
      'list',
      '--status',
      'stuck',
    ]);
    assert.deepEqual(
      stuck.sagas.map((saga) => [saga.id, saga.status, saga.waitingFor]),
      [[id, 'stuck', ['payment']]],
    );
    assert.equal(stuck.more, 0);
    const { code, stderr } = await sagas('list', '--status', 'lost');
    assert.equal(code, 2);
    assert.match(stderr, /--status is "lost"; use one of open, running/);
  });

  it('show has the state, the steps and the timers, and history each change', async () => {
    const { stdout } = await sagas('show', 'place-order', id);
    assert.match(stdout, /state: \{"total":5\}/);
    assert.match(stdout, /payment +requested +1/);
    assert.match(stdout, /deadline +in 24h/);
    const history = await sagas('history', 'place-order', id);
    assert.match(history.stdout, /started, payment requested +order.payment-requested/);
    const { code, stderr } = await sagas('show', 'place-order', 'o-0');
    assert.equal(code, 1);
    assert.match(stderr, /saga place-order o-0 does not exist/);
  });

  it('skip treats a step as done, keeps the reason, and without --yes changes nothing', async () => {
    const skip = ['skip', 'place-order', id, 'payment', '--reason', 'paid in cash'];
    const dry = await beside(() => sagas(...skip));
    assert.match(dry.stdout, /skip payment would be executed for saga place-order o-\d+, which is running\./);
    assert.match(dry.stdout, /Nothing was changed/);
    const { stdout } = await beside(() => sagas(...skip, '--yes'));
    assert.match(stdout, /skip payment was executed: saga place-order o-\d+ is running\./);
    const { stdout: history } = await sagas('history', 'place-order', id);
    assert.match(
      history,
      / skip payment: paid in cash +payment skipped, stock requested +order.stock-requested/,
    );
    const { code, stderr } = await sagas('skip', 'place-order', id, 'stock');
    assert.equal(code, 2);
    assert.match(stderr, /--reason is missing/);
  });

  it('compensate undoes a saga, and complete ends it', async () => {
    const { stdout } = await beside(() => sagas('compensate', 'place-order', id, '--yes'));
    assert.match(stdout, /compensate was executed: saga place-order o-\d+ is compensating\./);
    const again = await beside(() => sagas('compensate', 'place-order', id, '--yes'));
    assert.equal(again.code, 1);
    assert.match(again.stderr, /saga place-order o-\d+ is compensating already/);
    const ended = await beside(() =>
      service.json<{ status: string; outcome: string }>([
        'sagas',
        'complete',
        'place-order',
        id,
        '--yes',
        '--json',
      ]),
    );
    assert.deepEqual([ended.status, ended.outcome], ['compensated', 'executed']);
    const late = await sagas('retry', 'place-order', id, '--yes');
    assert.match(late.stderr, /has ended: it is compensated/);
  });

  it('retry is recorded while no replica runs, and executed by the next one', async () => {
    const { stdout } = await sagas('retry', 'place-order', id, '--yes');
    assert.match(stdout, /retry is recorded. A replica of the service executes it when one runs/);
    const { stderr } = await sagas('retry', 'place-order', id, '--yes');
    assert.match(stderr, /has a command that waits for a replica of the service; start one/);
    const last = async (): Promise<string> => (await sagas('history', 'place-order', id)).stdout;
    await beside(() => waitFor(async () => / retry +payment requested again/.test(await last())));
  });

  it('replay refuses the group of a saga', async () => {
    const args = [
      'replay',
      'payment.events',
      '--from',
      'beginning',
      '--forget',
      '--group',
      `${group}.place-order`,
    ];
    const { code, stderr } = await service.run(args);
    assert.equal(code, 1);
    assert.match(stderr, /group note-service-consumer.place-order belongs to saga place-order/);
  });
});
