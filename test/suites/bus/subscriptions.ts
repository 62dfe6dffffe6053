import assert from 'node:assert/strict';
import type { EventBus } from 'microservice-runtime';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { forgetSince } from '../../../src/runtime/events/operations/replay.ts';
import type { Suite } from './bus-suite.ts';
import { createOrderWorld, type Handler, type OrderWorld, type Replica } from './order-world.ts';
import { noteEffect } from './orders.ts';

export function subscriptionBehaviour({ broker }: Suite): void {
  let world: OrderWorld | undefined;
  afterEach(() => world?.close());

  /** Records the changes of an order under the name of the subscription, as in `saga:a`. */
  const noteAs =
    (name: string): Handler =>
    (event, trx) =>
      noteEffect({ ...event, subject: `${name}:${event.subject}` }, trx);

  it('receive an event independently, start at their `from`, are replayed alone, and take over a handler once', async () => {
    // with a prefix, since the positions of PostgreSQL have none
    world = await createOrderWorld(broker().bootstrapServers, { KAFKA_TOPIC_PREFIX: 'blue.' });
    const { startPublisher, startSubscriber, change, effectsOf, orderChanged, groupId } = world;
    const { copies: database, topic } = world;
    const on = (handler: Handler) => [[orderChanged, handler]] as const;
    const addReport = (bus: EventBus): void =>
      bus.subscribe({ name: 'report', from: 'earliest', on: on(noteAs('report')) });
    const isRunning = ({ bus }: Replica): Promise<unknown> =>
      waitFor(() => bus.status().kafka === 'up', { message: 'all groups running' });

    const publisher = await startPublisher();
    await change(publisher, 'a', 2);
    await world.allSent();
    const old = await startSubscriber((bus) => {
      bus.on(orderChanged, noteAs('default'));
      addReport(bus);
      bus.subscribe({ name: 'saga', from: 'latest', on: on(noteAs('saga')) });
    });
    await isRunning(old);
    await change(publisher, 'a', 1);
    const heard = { 'default:a': [1, 2, 3], 'report:a': [1, 2, 3], 'saga:a': [3] };
    assert.deepEqual(await effectsOf(7), heard);

    // the handler of the default subscription moves while the old release runs
    const next = await startSubscriber((bus) => {
      bus.subscribe({ name: 'moved', from: { group: groupId }, on: on(noteAs('default')) });
      addReport(bus);
      bus.subscribe({ name: 'saga', from: 'latest', on: on(noteAs('saga')) });
    });
    await isRunning(next);
    await change(publisher, 'a', 2);
    const all = { 'default:a': [1, 2, 3, 4, 5], 'report:a': [1, 2, 3, 4, 5], 'saga:a': [3, 4, 5] };
    assert.deepEqual(await effectsOf(13), all);
    await old.stop();

    const group = `${groupId}.report`;
    const positions = await database('event_positions')
      .where({ consumer_group: group })
      .select<{ partition: number }[]>('partition');
    await forgetSince(database, {
      ...{ group, topic, since: undefined },
      positions: positions.map(({ partition }) => ({ partition, position: 0 })),
    });
    await change(publisher, 'a');
    assert.deepEqual(await effectsOf(21), {
      'default:a': [1, 2, 3, 4, 5, 6],
      'report:a': [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6],
      'saga:a': [3, 4, 5, 6],
    });
  });
}
