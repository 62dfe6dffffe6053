import type { Knex } from 'knex';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { readMetricRows } from '../../database/rows/metric-rows.ts';
import { deadLetterCounter, OUTGOING_GROUP } from '../parking/dead-letter-metrics.ts';
import { LANES } from '../outbox/lanes.ts';
import type { OutboxRow } from './outbox-rows.ts';

export interface RelayMetrics {
  sent(rows: readonly OutboxRow[]): void;
  failed(topic: string): void;
  deadLetter(topic: string): void;
}

/** More waiting events than this are not counted, since that would read all of them. */
const MOST_COUNTED = 10_000;

/** PostgreSQL's own estimate, from the inserts and deletes of the last seconds and the last vacuum. */
const estimate = `pg_stat_get_live_tuples('event_outbox'::regclass)`;

const depth = `
  select (case when counted > ${MOST_COUNTED} then greatest(counted, ${estimate}) else counted end)::float8 as value
  from (select count(*) as counted from (select from event_outbox limit ${MOST_COUNTED + 1}) as waiting) as waiting`;

const estimatedDepth = `select ${estimate}::float8 as value`;

const oldest = `
  select coalesce(extract(epoch from clock_timestamp() - min(head.created_at)), 0)::float8 as value
  from generate_series(0, ${LANES - 1}) as lanes (lane) cross join lateral (
    select created_at from event_outbox where event_outbox.lane = lanes.lane order by id limit 1
  ) as head`;

/**
 * Metrics of the outbox. Depth and age are read from PostgreSQL when metrics are collected, and are the same in every
 * replica; the others count the work of this process.
 */
export function createRelayMetrics(
  database: Knex,
  registry: Registry | undefined,
  lanes: () => number,
): RelayMetrics {
  const registers = registry ? [registry] : [];
  const read = async (sql: string) => (await readMetricRows<{ value: number }>(database, sql))?.[0]?.value;
  gauge(
    'microservice_outbox_depth',
    `Events that wait to be sent; an estimate above ${MOST_COUNTED}`,
    async () => (await read(depth)) ?? read(estimatedDepth),
  );
  gauge('microservice_outbox_oldest_age_seconds', 'Age of the oldest event that waits to be sent', () =>
    read(oldest),
  );
  gauge('microservice_outbox_lanes', 'Lanes of the outbox that this process sends', lanes);
  const published = new Counter({
    name: 'microservice_outbox_published_total',
    help: 'Events that Kafka has acknowledged',
    labelNames: ['topic'],
    registers,
  });
  const failures = new Counter({
    name: 'microservice_outbox_send_failures_total',
    help: 'Attempts to send that Kafka did not acknowledge',
    labelNames: ['topic'],
    registers,
  });
  const deadLetters = deadLetterCounter(registry);
  const latency = new Histogram({
    name: 'microservice_outbox_publish_seconds',
    help: 'Time from saving an event to its acknowledgement by Kafka',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers,
  });

  function gauge(name: string, help: string, value: () => number | Promise<number | undefined>): Gauge {
    return new Gauge({
      name,
      help,
      registers,
      async collect() {
        const current = await value();
        if (current === undefined) this.reset();
        else this.set(current);
      },
    });
  }

  return {
    sent(rows) {
      const now = Date.now();
      const counts = new Map<string, number>();
      for (const { topic, createdAt } of rows) {
        counts.set(topic, (counts.get(topic) ?? 0) + 1);
        latency.observe(Math.max(0, now - createdAt) / 1_000);
      }
      for (const [topic, count] of counts) published.inc({ topic }, count);
    },
    failed: (topic) => failures.inc({ topic }),
    deadLetter: (topic) => deadLetters.inc({ group: OUTGOING_GROUP, topic, reason: 'refused' }),
  };
}
