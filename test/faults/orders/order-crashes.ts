import { setTimeout as pause } from 'node:timers/promises';
import { failpoints, sagaFailpoints, type Failpoint } from '../../../src/runtime/async/failpoint.ts';
import { checkHit, latestHit, rare } from '../crash-points.ts';
import { createRandom, type Random } from '../random.ts';
import type { Service, Shop } from './shop.ts';

/** Kafka refuses none of these events. */
const passed = failpoints.filter((point) => point !== 'relay.parked');
const patience = 90_000;
const minute = 60_000;

/** A death: a service, of which a replica dies at a failpoint. */
interface Death {
  service: Service;
  point: Failpoint;
}

/**
 * A replica of each service dies at each failpoint that the service passes, or with `once` at each one in one service. Resolves to how
 * often each was hit; rejects if a process ended otherwise.
 */
export async function dieInSagas(shop: Shop, seed: number, once: boolean): Promise<Map<Failpoint, number>> {
  const random = createRandom(seed);
  const services = [shop.orders, shop.payment, shop.warehouse];
  const deaths: Death[] = passed.flatMap((point) =>
    (once ? [random.pick(services)] : services).map((service) => ({ service, point })),
  );
  for (const point of sagaFailpoints) deaths.push({ service: shop.orders, point });
  const queue = random.shuffle(deaths);
  const hits = new Map<Failpoint, number>();
  await Promise.all(
    services.map(async (service) => {
      for (const { point } of queue.filter((death) => death.service === service)) {
        await dieAt(shop, service, point, random);
        hits.set(point, (hits.get(point) ?? 0) + 1);
      }
    }),
  );
  return hits;
}

async function dieAt(shop: Shop, { replicas }: Service, point: Failpoint, random: Random): Promise<void> {
  const replica = random.pick(replicas);
  const isRare = rare.includes(point) || point === 'saga.fired';
  const over = new AbortController();
  const feeding = makeDue(shop, over.signal);
  const silence = setTimeout(() => void replica.kill(), patience);
  try {
    const nth = isRare ? 1 : random.between(1, latestHit + 1);
    checkHit(replica, point, await replica.dieAt(`${point}:${nth}`));
  } finally {
    clearTimeout(silence);
    over.abort();
    await feeding;
  }
}

/** Lets timers and parked events be due, which some failpoints need. */
async function makeDue(shop: Shop, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(3_000, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await shop.jump(minute);
  }
}
