import type { Part } from '../../../src/runtime/lifecycle/part.ts';
import { run } from '../../../src/runtime/lifecycle/run.ts';
import { createLogger } from '../../../src/runtime/logging/logger.ts';

/** A service for the tests of `run`; its argument selects its behavior. */
const [behaviour] = process.argv.slice(2);
const logger = createLogger({ serviceName: 'sample', logLevel: 'info' });
const keepAlive = setInterval(() => undefined, 1_000);

const sample: Part = {
  name: 'sample',
  async start() {
    if (behaviour === 'cannot-start')
      throw new Error('No database at localhost:5432: connection refused; start it.');
    if (behaviour === 'bug') throw new TypeError('x is not a function');
  },
  stop() {
    clearInterval(keepAlive);
    return behaviour === 'stuck' ? new Promise(() => undefined) : Promise.resolve();
  },
};

await run(() => ({
  parts: [sample],
  logger,
  config: { shutdownTimeout: behaviour === 'stuck' ? 100 : 5_000 },
}));
process.stdout.write('started\n');
if (behaviour === 'uncaught') void Promise.reject(refusal());

function refusal(): Error {
  const error = new Error('refused by postgres://user:hunter2@localhost/users');
  return Object.assign(error, {
    code: '23502',
    severity: 'ERROR',
    detail: 'Failing row contains (hunter2).',
  });
}
