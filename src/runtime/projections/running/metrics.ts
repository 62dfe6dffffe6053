import type { Knex } from 'knex';
import { Gauge, type Registry } from 'prom-client';
import { readMetricRows } from '../../database/rows/metric-rows.ts';

const progressSql = `
  select v.projection, v.version, v.version = a.active as active, coalesce(
    sum(least(n.position, o.position)) filter (where o.position is not null) / nullif(sum(o.position), 0), 1
  )::float8 as progress
  from projection_versions as v
  join projection_active as a using (projection)
  join projection_versions as av on av.projection = a.projection and av.version = a.active
  left join event_positions as o on o.consumer_group = av.consumer_group
    and o.topic in (select jsonb_array_elements_text(v.topics))
  left join event_positions as n
    on n.consumer_group = v.consumer_group and n.topic = o.topic and n.partition = o.partition
  where v.status = 'live' group by 1, 2, 3`;

interface Row {
  projection: string;
  version: number;
  active: boolean;
  progress: number;
}

/** Metrics of projections, read from PostgreSQL when metrics are collected. */
export function createProjectionMetrics(
  database: Knex,
  registry: Registry,
  projections: () => string[],
): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    set: (gauge: Gauge, row: Row) => void,
  ): void =>
    registry.registerMetric(
      new Gauge({
        ...{ name, help, labelNames, registers: [] },
        async collect() {
          const rows =
            projections().length > 0 ? await readMetricRows<Row>(database, progressSql) : undefined;
          this.reset();
          for (const row of rows ?? []) if (projections().includes(row.projection)) set(this, row);
        },
      }),
    );
  gauge(
    'microservice_projection_active_version',
    'The version of a projection that is read',
    ['projection'],
    (to, { projection, version, active }) => void (active && to.set({ projection }, version)),
  );
  gauge(
    'microservice_projection_progress',
    'The part of the events of the active version that a version has handled, from 0 to 1',
    ['projection', 'version'],
    (to, { projection, version, progress }) => to.set({ projection, version }, progress),
  );
}
