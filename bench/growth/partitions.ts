import { setTimeout as sleep } from 'node:timers/promises';
import { latencies } from '../events/services.ts';
import { quantile } from '../figures.ts';
import type { Figures } from './support/measurement.ts';
import { withServices } from './support/services.ts';

export const sentence = 'one group member has few or many partitions of a topic';

const sizes = [6, 600];
const rate = 50;
const events = 300;
const idleSeconds = 5;

async function measureSize(checkout: string, size: number): Promise<Figures> {
  process.env['KAFKA_TOPIC_PARTITIONS'] = String(size);
  const name = `, ${size} partitions`;
  return withServices(checkout, async ({ services }) => {
    await latencies(services, rate, 100);
    const before = await services.consumer.ask('cpu');
    await sleep(idleSeconds * 1_000);
    const idle = ((await services.consumer.ask('cpu')) - before) / idleSeconds;
    const times = await latencies(services, rate, events);
    return {
      [`ms from COMMIT to COMMIT at ${rate}/s, p50${name}`]: quantile(times, 0.5),
      [`  p99${name}`]: quantile(times, 0.99),
      [`  CPU ms a second of an idle consumer${name}`]: idle,
    };
  });
}

export async function measure(checkout: string): Promise<Figures> {
  const figures: Figures = {};
  for (const size of sizes) Object.assign(figures, await measureSize(checkout, size));
  return figures;
}
