import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BreakerState } from './breaker.ts';

/** The end of a call: of all its attempts together. */
export type CallEnd =
  | 'success'
  | 'client_error'
  | 'server_error'
  | 'invalid'
  | 'timeout'
  | 'network'
  | 'open'
  | 'full'
  | 'canceled';

/** The metrics of one client. */
export interface ClientMetrics {
  ended: (end: CallEnd, seconds: number) => void;
  retried: () => void;
  changed: (state: BreakerState) => void;
}

const prefix = 'microservice_client_';
const states: readonly BreakerState[] = ['closed', 'half-open', 'open'];

/** Registers the metrics of a client; the clients of a service share one registry. `read` returns the calls at the moment. */
export function createClientMetrics(
  registry: Registry = new Registry(),
  client: string,
  read: () => { running: number; queued: number },
): ClientMetrics {
  const families = familiesIn(registry);
  families.reads.set(client, read);
  families.state.set({ client }, 0);
  return {
    ended(outcome, seconds) {
      families.requests.inc({ client, outcome });
      families.seconds.observe({ client }, seconds);
    },
    retried: () => families.retries.inc({ client }),
    changed(state) {
      families.transitions.inc({ client, to: state });
      families.state.set({ client }, states.indexOf(state));
    },
  };
}

type Families = ReturnType<typeof createFamilies>;
const known = new WeakMap<Registry, Families>();

function familiesIn(registry: Registry): Families {
  const families = known.get(registry) ?? createFamilies(registry);
  known.set(registry, families);
  return families;
}

function createFamilies(registry: Registry) {
  const registers = [registry];
  const reads = new Map<string, () => { running: number; queued: number }>();
  const counter = (name: string, help: string, ...more: string[]) =>
    new Counter({ name: `${prefix}${name}_total`, help, labelNames: ['client', ...more], registers });
  const gauge = (name: string, help: string, of?: 'running' | 'queued') =>
    new Gauge({
      name: prefix + name,
      help,
      labelNames: ['client'],
      registers,
      ...(of && {
        collect(this: Gauge) {
          for (const [client, read] of reads) this.set({ client }, read()[of]);
        },
      }),
    });
  gauge('requests_in_flight', 'Calls that wait for a response', 'running');
  gauge('requests_queued', 'Calls that wait for a free slot', 'queued');
  return {
    reads,
    requests: counter('requests', 'Calls by their outcome, after all retries', 'outcome'),
    retries: counter('retries', 'Retries'),
    transitions: counter('breaker_transitions', 'Changes of the circuit breaker, by the new state', 'to'),
    state: gauge('breaker_state', 'The circuit breaker: 0 closed, 1 half-open, 2 open'),
    seconds: new Histogram({
      name: `${prefix}request_seconds`,
      help: 'Time of a call with all retries, in seconds',
      labelNames: ['client'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}
