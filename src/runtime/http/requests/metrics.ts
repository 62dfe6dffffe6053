import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/**
 * Measures requests. `route` is the pattern of the matched route, empty if none matched, which limits the number of labels.
 */
export interface RequestMetrics {
  readonly registry: Registry;
  observe(method: string, route: string, status: number, seconds: number): void;
}

const name = 'http_request_duration_seconds';

/** Creates the metrics of the process and of requests, in `registry` or in a new one. */
export function createRequestMetrics(registry: Registry = new Registry()): RequestMetrics {
  if (!registry.getSingleMetric('process_cpu_user_seconds_total'))
    collectDefaultMetrics({ register: registry });
  const histogram = new Histogram({
    name,
    help: 'Time from the arrival of a request to the end of its response, in seconds',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    registry,
    observe: (method, route, status, seconds) => histogram.observe({ method, route, status }, seconds),
  };
}
