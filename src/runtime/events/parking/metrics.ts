import type { Knex } from 'knex';
import { Gauge, type Registry } from 'prom-client';
import { readMetricRows } from '../../database/rows/metric-rows.ts';
import { OUTGOING_GROUP } from './dead-letter-metrics.ts';

const keys = `
  select consumer_group as "group", state, count(*)::float8 as value from event_parked_keys group by consumer_group, state`;

/** More parked events of a group than this are not counted, since that would read all of them. */
const MOST_COUNTED = 10_000;

/**
 * A group with more gets its share of PostgreSQL's estimate, which comes from the inserts and deletes of the last seconds and
 * the last vacuum.
 */
const events = `
  with counts as (
    select consumer_group, (
      select count(*) from (
        select from event_parked where consumer_group = known.consumer_group limit ${MOST_COUNTED + 1}
      ) as parked
    ) as counted
    from (select distinct consumer_group from event_parked_keys) as known
  ), rest as (
    select pg_stat_get_live_tuples('event_parked'::regclass)
      - coalesce(sum(counted) filter (where counted <= ${MOST_COUNTED}), 0) as estimate,
      count(*) filter (where counted > ${MOST_COUNTED}) as groups
    from counts
  )
  select consumer_group as "group", (case
    when counted > ${MOST_COUNTED} then greatest(counted, round(estimate / groups)) else counted end)::float8 as value
  from counts cross join rest`;

interface Row {
  group: string;
  state?: string;
  value: number;
}

/**
 * Gauges of parked events, read from PostgreSQL when metrics are collected; the same in every replica.
 * @param groups the consumer groups of this service, which are also shown without parked events
 */
export function createParkedMetrics(database: Knex, registry: Registry, groups: () => string[]): void {
  const gauge = (name: string, help: string, labelNames: string[], sql: string, zeros: object[]): Gauge =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const rows = await readMetricRows<Row>(database, sql);
        this.reset();
        if (!rows) return;
        for (const group of [...groups(), OUTGOING_GROUP]) {
          for (const zero of zeros) this.set({ group, ...zero }, 0);
        }
        for (const { value, ...labels } of rows) {
          this.set({ ...labels, group: labels.group || OUTGOING_GROUP }, value);
        }
      },
    });
  const states = [{ state: 'parked' }, { state: 'dead' }];
  gauge('microservice_parked_keys', 'Keys with parked events', ['group', 'state'], keys, states);
  gauge(
    'microservice_parked_events',
    `Parked events of these keys; an estimate above ${MOST_COUNTED}`,
    ['group'],
    events,
    [{}],
  );
}
