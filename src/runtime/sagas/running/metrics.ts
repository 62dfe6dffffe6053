import type { Knex } from 'knex';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { readMetricRows } from '../../database/rows/metric-rows.ts';
import type { SagaChange } from '../machine/instance.ts';

const open = `
  select saga, case when stuck then 'stuck' else status end as status, count(*)::float8 as value,
    coalesce(extract(epoch from clock_timestamp() - min(started_at)), 0)::float8 as oldest
  from saga_instances where ended_at is null group by 1, 2`;

interface Row {
  saga: string;
  status: string;
  value: number;
  oldest: number;
}

/** Sets the values of a gauge for one saga. */
type SetGauge = (gauge: Gauge, saga: string, rows: readonly Row[]) => void;

/** Counts the changes of sagas. */
export interface SagaMetrics {
  /** @param seconds how long each step had its status before */
  changed(saga: string, changes: readonly SagaChange[], seconds: ReadonlyMap<string, number>): void;
  ignored(saga: string, reason: string): void;
}

/** Metrics of sagas. The numbers of running sagas are read from PostgreSQL when metrics are collected. */
export function createSagaMetrics(database: Knex, registry: Registry, sagas: () => string[]): SagaMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[], set: SetGauge): void =>
    registry.registerMetric(
      new Gauge({
        ...{ name, help, labelNames, registers: [] },
        async collect() {
          const rows = sagas().length > 0 ? await readMetricRows<Row>(database, open) : undefined;
          this.reset();
          for (const saga of rows ? sagas() : [])
            set(
              this,
              saga,
              (rows ?? []).filter((row) => row.saga === saga),
            );
        },
      }),
    );
  gauge(
    'microservice_saga_oldest_seconds',
    'Age of the oldest saga that has not ended',
    ['saga'],
    (to, saga, rows) => to.set({ saga }, Math.max(0, ...rows.map(({ oldest }) => oldest))),
  );
  const help = 'Sagas that have not ended: running, compensating or stuck';
  gauge('microservice_sagas', help, ['saga', 'status'], (to, saga, rows) => {
    for (const status of ['running', 'compensating', 'stuck']) to.set({ saga, status }, 0);
    for (const { status, value } of rows) to.set({ saga, status }, value);
  });
  const counter = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name, help, labelNames, registers });
  const ended = counter('microservice_saga_ended_total', 'Sagas that ended', ['saga', 'status']);
  const timeouts = counter('microservice_saga_timeouts_total', 'Steps without an answer in time', [
    'saga',
    'step',
  ]);
  const compensations = counter('microservice_saga_compensations_total', 'Steps that were canceled', [
    'saga',
    'step',
  ]);
  const ignored = counter('microservice_saga_ignored_replies_total', 'Replies that changed nothing', [
    'saga',
    'reason',
  ]);
  const seconds = new Histogram({
    name: 'microservice_saga_step_seconds',
    help: 'Time from the last request of a step to its answer',
    labelNames: ['saga', 'step', 'outcome'],
    buckets: [0.01, 0.1, 1, 10, 60, 600, 3_600],
    registers,
  });

  function count(saga: string, { step, change }: SagaChange, waited: number | undefined): void {
    if (!step && (change === 'completed' || change === 'compensated')) ended.inc({ saga, status: change });
    if (!step) return;
    if (change === 'timed out') timeouts.inc({ saga, step });
    if (change === 'compensating') compensations.inc({ saga, step });
    const isAnswer = change === 'succeeded' || change === 'failed' || change === 'compensated';
    if (isAnswer && waited !== undefined) seconds.observe({ saga, step, outcome: change }, waited);
  }

  return {
    changed(saga, changes, waited) {
      for (const change of changes) count(saga, change, waited.get(change.step ?? ''));
    },
    ignored: (saga, reason) => ignored.inc({ saga, reason }),
  };
}
