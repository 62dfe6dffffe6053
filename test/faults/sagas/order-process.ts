import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { readEnvironment } from '../../../src/runtime/config/read-environment.ts';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import type { EventDefinition } from '../../../src/runtime/events/event/definition.ts';
import { createEventBus, type EventBus } from '../../../src/runtime/events/event-bus.ts';
import { defineSaga, type SagaDefinition } from '../../../src/runtime/sagas/definition/saga.ts';
import { addParticipant } from '../../../src/runtime/sagas/participant/participant.ts';
import * as order from '../../runtime/sagas/place-order.ts';
import { createRandom } from '../random.ts';
import { behaviorOf } from './behavior.ts';

// A replica of the order service and of its three participants. It places orders, and ends with the process that started it.
process.stdin.on('end', () => process.exit(1)).resume();
const { ORDERS = '0', FIRST_ORDER = '0' } = process.env;
const config = readEnvironment(process.env);
const logger = pino({ level: process.env['TEST_LOG'] ?? 'fatal' });
const database = connectDatabase(config, undefined, { camelCase: true, isoTimestamps: true });
const random = createRandom(Number(FIRST_ORDER) + 1);

/** The same saga with timeouts of seconds. */
const impatient: SagaDefinition<order.PlaceOrder> = defineSaga(
  {
    name: 'place-order',
    version: 1,
    state: order.placeOrder.schema,
    startedBy: order.placeOrder.startedBy,
    attempts: 1_000,
  },
  order.placeOrder.stages.map(({ steps }) => ({
    steps: steps.map((each) => ({
      ...each,
      timeout: 5_000,
      compensation: each.compensation && { ...each.compensation, timeout: 1_000 },
    })),
  })),
);

function busOf(
  name: string,
  published: readonly EventDefinition[],
  consumed: readonly EventDefinition[],
): EventBus {
  const kafka = { ...config.kafka, groupId: name };
  return createEventBus({
    ...{ database, logger, contracts: { published, consumed } },
    config: { ...config, serviceName: name, kafka },
    consumer: {
      sessionTimeout: 6_000,
      parkDelay: { first: 50, max: 500 },
      inPlaceDelays: [10],
      parkedPoll: 200,
    },
  });
}

/** Appends to a ledger; the checker adds it up. */
const record = (trx: Knex.Transaction, orderId: string, entry: string): Promise<unknown> =>
  trx('ledger').insert({ order_id: orderId, entry });

interface ParticipantParts {
  name: string;
  request: EventDefinition<order.Requested>;
  cancel?: EventDefinition<order.Requested>;
  done: EventDefinition<order.Answer>;
  refused: EventDefinition<order.Answer>;
  confirmed?: EventDefinition<order.Answer>;
}

function participantOf({ name, request, cancel, done, refused, confirmed }: ParticipantParts): EventBus {
  const published = [done, refused, ...(confirmed ? [confirmed] : [])];
  const bus = busOf(`${name}-service`, published, [request, ...(cancel ? [cancel] : [])]);
  addParticipant(bus, {
    request,
    async answer({ subject, data: { requestId } }, trx) {
      const { isRefused, isSlow, isDoubled } = behaviorOf(name, subject, requestId);
      if (isSlow && random.between(0, 10) < 7) throw new Error('the participant is away');
      const answer = { orderId: subject, requestId };
      const message = (isRefused ? refused : done).of(`${name} of ${subject}`, answer);
      if (!isRefused) await record(trx, subject, `${name} done`);
      if (isDoubled) await bus.publish(message, trx);
      return isRefused ? { refused: message } : { done: message };
    },
    ...(cancel &&
      confirmed && {
        compensation: {
          request: cancel,
          undo: ({ subject }, trx) => record(trx, subject, `${name} undone`),
          confirm: ({ subject, data: { requestId } }) =>
            confirmed.of(`${name} of ${subject}`, { orderId: subject, requestId }),
        },
      }),
  });
  return bus;
}

const orders = busOf('order-service', order.orderContracts.published, order.orderContracts.consumed);
const ended =
  (status: string) =>
  ({ id }: { id: string }, trx: Knex.Transaction) =>
    record(trx, id, status);
orders.addSaga(impatient, { completed: ended('confirmed'), compensated: ended('cancelled') });
const participants = [
  participantOf({
    name: 'payment',
    request: order.paymentRequested,
    cancel: order.paymentCancelled,
    done: order.paymentProcessed,
    refused: order.paymentFailed,
    confirmed: order.paymentRefunded,
  }),
  participantOf({
    name: 'stock',
    request: order.stockRequested,
    cancel: order.stockCancelled,
    done: order.stockReserved,
    refused: order.stockMissing,
    confirmed: order.stockReleased,
  }),
  participantOf({
    name: 'shipping',
    request: order.shippingRequested,
    done: order.shippingPlanned,
    refused: order.shippingFailed,
  }),
];
await Promise.all([orders, ...participants].map((bus) => bus.start()));
for (let place = Number(FIRST_ORDER); place < Number(FIRST_ORDER) + Number(ORDERS); place += 1) {
  await database.transaction(async (trx) => {
    await record(trx, `o-${place}`, 'placed');
    await orders.publish(order.orderCreated.of(`o-${place}`, { total: place }), trx);
  });
  await sleep(20);
}
