import { setTimeout as pause } from 'node:timers/promises';
import { drawOf } from './services/behavior.ts';
import type { Shop } from './shop.ts';

/** Places orders over HTTP. */
export interface OrderLoad {
  /** The orders that were answered with 201. */
  acknowledged: string[];
  /** Places this number of orders, as fast as the service answers. */
  place(count: number): Promise<void>;
  /** Places orders all the time. */
  begin(rate: number): void;
  end(): Promise<void>;
}

const workers = 8;
const patience = 10_000;

export function createOrderLoad({ orders: { replicas } }: Shop, seed: number): OrderLoad {
  const acknowledged: string[] = [];
  let placed = 0;
  let ending = new AbortController();
  let working: Promise<unknown> = Promise.resolve();

  /** A failure is uncertain, so the next attempt is another order. Resolves to false after a failure. */
  async function placeOne(): Promise<boolean> {
    placed += 1;
    const id = `o-${placed}`;
    const total = 1 + Math.floor(drawOf(seed, 'total', id) * 100);
    const url = replicas[placed % replicas.length]?.url();
    if (!url) return false;
    const answer = await fetch(`${url}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, total }),
      signal: AbortSignal.timeout(patience),
    }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    if (answer?.status !== 201) return false;
    acknowledged.push(id);
    return true;
  }

  async function work(each: number, { signal }: AbortController): Promise<void> {
    while (!signal.aborted) {
      await placeOne();
      await pause(each, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    acknowledged,
    async place(count) {
      const wanted = acknowledged.length + count;
      let running = 0;
      await Promise.all(
        Array.from({ length: workers }, async () => {
          while (acknowledged.length + running < wanted) {
            running += 1;
            const isPlaced = await placeOne();
            running -= 1;
            if (!isPlaced) await pause(100);
          }
        }),
      );
    },
    begin(rate) {
      ending = new AbortController();
      const of = ending;
      working = Promise.all(Array.from({ length: workers }, () => work((workers * 1_000) / rate, of)));
    },
    async end() {
      ending.abort();
      await working;
    },
  };
}
