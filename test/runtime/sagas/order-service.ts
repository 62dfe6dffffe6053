import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { EventContracts, EventDefinition } from '../../../src/runtime/events/event/definition.ts';
import { createEventBus, type EventBus } from '../../../src/runtime/events/event-bus.ts';
import { up as createOutbox } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createSagas } from '../../../src/runtime/tables/sagas.ts';
import { createFixture, type Fixture } from '../events/consumer-fixture.ts';
import * as order from './place-order.ts';

/** How a participant answers a request; undefined: not at all. */
export type Participant = (orderId: string, requestId: string) => EventDefinition<order.Answer> | undefined;

/** A database with the tables of sagas, a broker, and the services of a test. */
export interface OrderWorld extends Fixture {
  registry: Registry;
  /** A replica of a service, not yet started. */
  service(name: string, contracts: EventContracts): EventBus;
  /** A service that answers the requests of each definition. It is started. */
  participant(
    answers: readonly (readonly [EventDefinition<order.Requested>, Participant])[],
  ): Promise<EventBus>;
  /** Waits for the saga of an order to have this status. */
  until(id: string, status: string): Promise<void>;
  stop(): Promise<void>;
}

export async function createOrderWorld(): Promise<OrderWorld> {
  const fixture = await createFixture(1);
  const { database, logger, config } = fixture;
  await createOutbox(database);
  await createSagas(database);
  const buses: EventBus[] = [];
  const registry = new Registry();

  function service(serviceName: string, contracts: EventContracts): EventBus {
    const kafka = { ...config.kafka, groupId: serviceName };
    const own = serviceName === 'order-service' ? registry : new Registry();
    own.clear();
    const created = createEventBus({
      ...{ database, logger, contracts, registry: own, config: { ...config, serviceName, kafka } },
      consumer: { parkDelay: { first: 50, max: 100 }, inPlaceDelays: [10] },
    });
    buses.push(created);
    return created;
  }

  async function participant(
    answers: readonly (readonly [EventDefinition<order.Requested>, Participant])[],
  ): Promise<EventBus> {
    const published = order.orderContracts.consumed;
    const bus = service(`participant-${buses.length}`, {
      published,
      consumed: answers.map(([request]) => request),
    });
    for (const [request, answerOf] of answers)
      bus.on(request, async ({ subject, data: { requestId } }, trx) => {
        const definition = answerOf(subject, requestId);
        if (definition)
          await bus.publish(definition.of(`of-${subject}`, { orderId: subject, requestId }), trx);
      });
    await bus.start();
    return bus;
  }

  return {
    ...{ ...fixture, registry, service, participant },
    async until(id, status) {
      const found = async () => (await database('saga_instances').where({ id }).first('status'))?.status;
      await waitFor(async () => (await found()) === status, { message: `${id} is ${status}` });
    },
    async stop() {
      await Promise.all(buses.splice(0).map((bus) => bus.stop()));
    },
  };
}
