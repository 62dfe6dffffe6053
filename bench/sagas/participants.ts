import type { Knex } from 'knex';
import { addParticipant, connectDatabase, createEventBus, createLogger } from 'microservice-runtime';
import { up as createEvents } from 'microservice-runtime/tables/events';
import { up as createRequests } from 'microservice-runtime/tables/saga-requests';
import { configOf } from '../events/note.ts';
import { serve } from '../events/program.ts';
import {
  cancels,
  ofOrders,
  ofParticipants,
  requests,
  steps,
  successes,
  undone,
  type Step,
} from './order-events.ts';
import { cpu } from './runs.ts';

/** The services that answer, as one process: `participants <database url> <bootstrap servers> <saga | handlers>`. */
const [databaseUrl = '', bootstrapServers = '', mode = ''] = process.argv.slice(2);
const config = configOf(`participants-${mode}`, databaseUrl, bootstrapServers);
const database = connectDatabase(config);
const isSaga = mode === 'saga';
const own = isSaga ? [...Object.values(requests), ...Object.values(cancels)] : Object.values(requests);
const bus = createEventBus({
  ...{ config, database, logger: createLogger(config, process.stderr) },
  contracts: {
    published: ofParticipants,
    consumed: ofOrders.filter((event) => own.some((each) => each === event)),
  },
});

const work = (step: Step, orderId: string, trx: Knex.Transaction) =>
  trx.raw('insert into works (step, order_id) values (?, ?)', [step, orderId]);

function takePart(step: Step): void {
  addParticipant(bus, {
    request: requests[step],
    async answer({ subject: orderId, data: { requestId } }, trx) {
      await work(step, orderId, trx);
      return { done: successes[step].of(orderId, { orderId, requestId }) };
    },
    compensation: {
      request: cancels[step],
      undo: ({ subject }, trx) => trx('works').where({ step, order_id: subject }).delete(),
      confirm: ({ subject: orderId, data: { requestId } }) =>
        undone[step].of(orderId, { orderId, requestId }),
    },
  });
}

function handle(step: Step): void {
  bus.on(requests[step], async ({ subject: orderId, data: { requestId } }, trx) => {
    await work(step, orderId, trx);
    await bus.publish(successes[step].of(orderId, { orderId, requestId }), trx);
  });
}

const api = {
  async start() {
    await database.raw('create table works (step text, order_id text)');
    await createEvents(database);
    await createRequests(database);
    for (const step of steps) (isSaga ? takePart : handle)(step);
    await bus.start();
    while ((bus.status().consumers[0]?.partitions.length ?? 0) === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  },
  cpu,
};

export type Participants = typeof api;
serve(api);
