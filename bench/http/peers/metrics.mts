import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The metrics of the generated service, on prom-client. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const histogram = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its response, in seconds',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    registry,
    observe: (method: string, route: string, status: number, seconds: number) =>
      histogram.observe({ method, route, status }, seconds),
  };
}
