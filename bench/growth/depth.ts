import type { Knex } from 'knex';
import { Registry } from 'prom-client';
import { up as createOutbox } from '../../src/runtime/tables/event-outbox.ts';
import { median } from '../figures.ts';
import { importRuntime } from './support/checkout.ts';
import type { Figures } from './support/measurement.ts';
import { withDatabase } from './support/postgres.ts';

export const sentence = 'the depth of the outbox is collected for a scrape while Kafka does not answer';

const sizes = [1_000, 500_000, 2_500_000];
const scrapes = 5;

interface Metrics {
  createRelayMetrics: (database: Knex, registry: Registry, lanes: () => number) => unknown;
}

const fill = `
  insert into event_outbox (topic, key, headers, payload)
  select 'bench.notes', number::text, '{"ce_id": "0193a3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f"}', repeat('x', 200)
  from generate_series(1, ?) as number`;

/** Resolves to a depth and the milliseconds that it took; not a number if the gauge has no value. */
async function scrape(registry: Registry): Promise<{ depth: number; took: number }> {
  const begun = performance.now();
  const text = await registry.getSingleMetricAsString('microservice_outbox_depth');
  const took = performance.now() - begun;
  return { depth: Number(/^microservice_outbox_depth (\d+)$/m.exec(text)?.[1] ?? Number.NaN), took };
}

export const measure = (checkout: string): Promise<Figures> =>
  withDatabase(async (database) => {
    const places = ['events/relay/metrics.ts', 'events/relay-metrics.ts'];
    const { createRelayMetrics } = await importRuntime<Metrics>(checkout, ...places);
    const registry = new Registry();
    createRelayMetrics(database, registry, () => 16);
    await createOutbox(database);
    const figures: Figures = {};
    let waiting = 0;
    for (const size of sizes) {
      await database.raw(fill, [size - waiting]);
      waiting = size;
      await database.raw('analyze event_outbox');
      const rounds = [];
      while (rounds.length < scrapes) rounds.push(await scrape(registry));
      figures[`ms a scrape, ${size.toLocaleString('en')} waiting`] = median(rounds.map(({ took }) => took));
      figures[`  depth shown for ${size.toLocaleString('en')}`] = median(rounds.map(({ depth }) => depth));
    }
    return figures;
  });
