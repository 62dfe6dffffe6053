import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOrderWorld, type Handler, type Replica } from './order-world.ts';
import { countEffects, expectedEffects, noteEffect } from './orders.ts';
import type { StartSuiteBroker, SuiteBroker } from './suite-broker.ts';

export interface Storm {
  /** Milliseconds during which members join and leave. */
  duration: number;
  /** Milliseconds between two changes of the members. */
  interval: number;
  /** Milliseconds that a handler takes. */
  handling: number;
  /** The maximum time, in milliseconds, without any handled event. */
  patience: number;
}

const orderIds = Array.from({ length: 30 }, (_, index) => `order-${index}`);
const MOST_MEMBERS = 4;

/** A consumer group whose members join and leave all the time, some of them during their join. */
export function stormSuite(name: string, startBroker: StartSuiteBroker, storm: Storm): void {
  describe(`a storm of members on ${name}`, function () {
    this.timeout(storm.duration + 90_000);
    let broker: SuiteBroker | undefined;

    before(async function () {
      broker = await startBroker(this);
    });
    after(() => broker?.stop());

    it('loses and repeats no event, keeps the order of each key, and stops no member for long', async () => {
      const world = await createOrderWorld(broker?.bootstrapServers ?? '');
      try {
        const publisher = await world.startPublisher();
        const handledAt: number[] = [performance.now()];
        const handler: Handler = async (event, trx) => {
          await sleep(storm.handling);
          await noteEffect(event, trx);
          handledAt.push(performance.now());
        };
        const over = sleep(storm.duration, true);
        const steps = await Promise.all([
          comeAndGo(() => world.startConsumer(handler), storm.interval, over),
          publishUntil(over, (id) => world.change(publisher, id)),
        ]);
        const expected = await expectedEffects(world.orders);
        assert.deepEqual(await world.effectsOf(countEffects(expected)), expected);
        const longest = Math.max(...handledAt.map((at, index) => at - (handledAt[index - 1] ?? at)));
        const told = `${steps[0]} members came or went, ${countEffects(expected)} events, longest pause ${Math.round(longest)} ms`;
        console.log(`      ${told}`);
        assert.ok(longest < storm.patience, told);
      } catch (error) {
        console.log(world.warnings().join(''));
        throw error;
      } finally {
        await world.close();
      }
    });
  });
}

/** In every interval, one member joins, or the oldest or newest one leaves; one remains at the end. */
async function comeAndGo(
  start: () => Promise<Replica>,
  interval: number,
  over: Promise<unknown>,
): Promise<number> {
  const members = [await start()];
  const leaving: Promise<void>[] = [];
  let steps = 0;
  while (!(await Promise.race([over, sleep(interval, false)]))) {
    const comes = members.length === 1 || (members.length < MOST_MEMBERS && Math.random() < 0.6);
    if (comes) members.push(await start());
    else leaving.push((Math.random() < 0.5 ? members.shift() : members.pop())?.stop() ?? Promise.resolve());
    steps += 1;
  }
  await Promise.all(leaving);
  return steps;
}

async function publishUntil(over: Promise<unknown>, change: (id: string) => Promise<void>): Promise<void> {
  while (!(await Promise.race([over, sleep(20, false)]))) {
    await change(orderIds[Math.floor(Math.random() * orderIds.length)] ?? '');
  }
}
