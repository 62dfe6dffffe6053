import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createHttpClient } from '../../src/runtime/client.ts';
import { createBreaker } from '../../src/runtime/client/breaker.ts';
import { clientSettings } from '../../src/runtime/client/settings.ts';
import type { Part } from './part.ts';

export const breakerLibraries = { cockatiel: '3.2.1', opossum: '9.0.0' };

type Execute = (work: () => Promise<number>) => Promise<number>;
interface Cockatiel {
  circuitBreaker: (policy: object, options: object) => { execute: Execute };
  handleAll: object;
  SamplingBreaker: new (options: object) => object;
}
type Opossum = new (
  work: () => Promise<number>,
  options: object,
) => {
  fire: Execute;
  shutdown: () => void;
};

const options = { name: 'tax', baseUrl: 'https://tax.example' };
const work = () => Promise.resolve(1);

/** Closed breakers around a call that resolves at once: ours, and those of the libraries that npm installed in `home`. */
export function breakersPart(home: string): Part {
  const require = createRequire(join(home, 'package.json'));
  const { circuitBreaker, handleAll, SamplingBreaker } = require('cockatiel') as Cockatiel;
  const Opossum = require('opossum') as Opossum;
  const breaker = new SamplingBreaker({ threshold: 0.5, duration: 10_000 });
  const cockatiel = circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker });
  const opossum = new Opossum(work, { timeout: false, volumeThreshold: 20, resetTimeout: 60_000 });
  const client = createHttpClient({ ...options, fetch: () => Promise.resolve(new Response()) });
  return {
    calls: {
      breaker: ownBreaker(),
      'breaker of cockatiel 3.2.1': () => cockatiel.execute(work),
      'breaker of opossum 9.0.0': () => opossum.fire(work),
      'all layers of a client, with a fetch that answers at once': () => client.get('/rates'),
    },
    stop: () => Promise.resolve(opossum.shutdown()),
  };
}

function ownBreaker(): () => Promise<number> {
  const now = () => performance.now();
  const breaker = createBreaker(clientSettings(options), {
    now,
    probeTimeout: 3_000,
    changed: () => undefined,
  });
  return async () => {
    const permit = breaker.enter();
    if (!permit) throw new Error('the breaker is open');
    const result = await work();
    permit.settle('success');
    return result;
  };
}
