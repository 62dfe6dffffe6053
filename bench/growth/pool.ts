import { drain } from '../events/services.ts';
import { median } from '../figures.ts';
import type { Figures } from './support/measurement.ts';
import { withServices, type World } from './support/services.ts';

export const sentence =
  'a service writes and handles events with a smaller pool of connections (DATABASE_POOL_MAX)';

const sizes = [5, 8, 10];
const rounds = 2;
const writers = 32;
const writes = 3_000;
const events = 6_000;

/** Transactions a second of a row and its event, with more writers than connections, as under a load of requests. */
async function written({ services }: World): Promise<number> {
  await services.consumer.ask('expect', writes);
  const begun = performance.now();
  await services.publisher.ask('writeAllAtOnce', writers, writes);
  const rate = writes / ((performance.now() - begun) / 1_000);
  await services.consumer.ask('all');
  return rate;
}

async function measureSize(checkout: string, size: number): Promise<Record<'write' | 'handle', number>> {
  process.env['DATABASE_POOL_MAX'] = String(size);
  return withServices(checkout, async (world) => {
    const write: number[] = [];
    const handle: number[] = [];
    // the first round compiles the code
    for (let round = 0; round <= rounds; round += 1) {
      write[round] = await written(world);
      handle[round] = await drain(world.services, events, true);
    }
    return { write: median(write.slice(1)), handle: median(handle.slice(1)) };
  });
}

export async function measure(checkout: string): Promise<Figures> {
  const figures: Figures = {};
  for (const size of sizes) {
    const { write, handle } = await measureSize(checkout, size);
    figures[`writes/s, ${size} connections`] = write;
    figures[`handled/s, ${size} connections`] = handle;
  }
  return figures;
}
