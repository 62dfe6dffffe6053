import type { Knex } from 'knex';
import { Registry } from 'prom-client';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import type { EventDefinition } from '../../../src/runtime/events/event/definition.ts';
import { createOutbox } from '../../../src/runtime/events/outbox/publish.ts';
import type { SagaDefinition } from '../../../src/runtime/sagas/definition/saga.ts';
import { createSagaMetrics } from '../../../src/runtime/sagas/running/metrics.ts';
import { createSagaRunner, type SagaRunner } from '../../../src/runtime/sagas/running/runner.ts';
import { up as createOutboxTable } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createSagaTables } from '../../../src/runtime/tables/sagas.ts';
import { createDatabase } from '../../support/postgres.ts';
import * as order from './place-order.ts';

/** A database with the tables of sagas, without a broker. */
export interface SagaDatabase {
  database: Knex;
  registry: Registry;
  /** The saga as a release has it. */
  release(definition: SagaDefinition<order.PlaceOrder>): Release;
  close(): Promise<void>;
}

/** A release of the order service, with its saga. */
export interface Release {
  runner: SagaRunner;
  start(id: string): Promise<void>;
  /** Applies the answer to the first request of a step. */
  answer(id: string, step: string, definition: EventDefinition<order.Answer>): Promise<void>;
  /** Fires the timer of a step, whether it is due or not. */
  timeOut(id: string, step: string): Promise<void>;
}

export async function createSagaDatabase(published: readonly EventDefinition[] = []): Promise<SagaDatabase> {
  const { url, drop } = await createDatabase();
  const database = connectDatabase({ databaseUrl: url, databasePoolMax: 5, serviceName: 'order-service' });
  await createOutboxTable(database);
  await createSagaTables(database);
  const { publish } = createOutbox({
    ...{ database, serviceName: 'order-service' },
    contracts: { ...order.orderContracts, published: [...order.orderContracts.published, ...published] },
  });
  const registry = new Registry();
  const metrics = createSagaMetrics(database, registry, () => ['place-order']);
  return {
    ...{ database, registry },
    release(definition) {
      const runner = createSagaRunner({ definition, endings: {}, isOwn: true, publish, metrics });
      return {
        runner,
        start: (id) =>
          database.transaction((trx) =>
            runner.start(order.received(order.orderCreated, id, { total: 5 }), trx),
          ),
        answer: (id, step, event) =>
          database.transaction((trx) =>
            runner.receive(
              order.received(event, 'x', { orderId: id, requestId: `place-order/${id}/${step}/1` }),
              trx,
            ),
          ),
        async timeOut(id, name) {
          const timer = { saga: 'place-order', id, name };
          await database('saga_timeouts')
            .where(timer)
            .update({ due_at: new Date(0) });
          await database.transaction((trx) => runner.fire(timer, trx));
        },
      };
    },
    async close() {
      await database.destroy();
      await drop();
    },
  };
}
