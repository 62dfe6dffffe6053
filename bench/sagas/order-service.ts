import type { Knex } from 'knex';
import { connectDatabase, createEventBus, createLogger, type EventBus } from 'microservice-runtime';
import { up as createEvents } from 'microservice-runtime/tables/events';
import { up as createSagas } from 'microservice-runtime/tables/sagas';
import { configOf } from '../events/note.ts';
import { now, serve } from '../events/program.ts';
import {
  ofOrders,
  ofParticipants,
  orderConfirmed,
  orderCreated,
  requests,
  steps,
  successes,
} from './order-events.ts';
import { placeOrder } from './place-order.ts';
import { cpu, runsOf, type OrderApi } from './runs.ts';

/** The order service: `order-service <database url> <bootstrap servers> <saga | handlers>`. */
const [databaseUrl = '', bootstrapServers = '', mode = ''] = process.argv.slice(2);
const config = configOf(`order-${mode}`, databaseUrl, bootstrapServers);
const database = connectDatabase(config);
const isSaga = mode === 'saga';
const bus = createEventBus({
  ...{ config, database, logger: createLogger(config, process.stderr) },
  contracts: {
    published: ofOrders,
    consumed: ofParticipants.filter(({ type }) => isSaga || type.endsWith('.succeeded')),
  },
});
const ends = new Map<string, (at: number) => void>();

/** Runs in the transaction that ends the saga, which counts once it is committed. */
async function confirm(id: string, trx: Knex.Transaction): Promise<void> {
  await trx.raw(`update orders set status = 'confirmed' where id = ?`, [id]);
  const committed = () => {
    ends.get(id)?.(now());
    ends.delete(id);
  };
  void trx.executionPromise.then(committed, () => undefined);
}

async function place(id: string): Promise<{ ended: Promise<number> }> {
  const ended = new Promise<number>((resolve) => ends.set(id, resolve));
  await database.transaction(async (trx) => {
    await trx.raw(`insert into orders (id, status) values (?, 'pending')`, [id]);
    await bus.publish(orderCreated.of(id, { total: 5 }), trx);
    if (!isSaga) await request(0, id, trx);
  });
  return { ended };
}

async function request(index: number, id: string, trx: Knex.Transaction): Promise<void> {
  const step = steps[index];
  if (step)
    return void (await bus.publish(requests[step].of(id, { requestId: `${id}/${step}`, total: 5 }), trx));
  await confirm(id, trx);
  await bus.publish(orderConfirmed.of(id, {}), trx);
}

/** The same messages: each answer leads to the next request. */
function addHandlers(to: EventBus): void {
  for (const [index, step] of steps.entries())
    to.on(successes[step], ({ data }, trx) => request(index + 1, data.orderId, trx));
}

const api: OrderApi = {
  async start() {
    await database.raw('create table orders (id text primary key, status text not null)');
    await createEvents(database);
    if (isSaga) {
      await createSagas(database);
      bus.addSaga(placeOrder, { completed: ({ id }, trx) => confirm(id, trx) });
    } else addHandlers(bus);
    await bus.start();
    while ((bus.status().consumers[0]?.partitions.length ?? 0) === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  },
  ...runsOf(place),
  cpu,
};

serve(api);
