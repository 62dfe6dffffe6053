// npx tsx bench/breaker-traps.ts: the traps in docs/decisions/external-calls.md, with cockatiel and opossum.
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { printTable } from './figures.ts';
import { withPackages } from './packages.ts';
import { breakerLibraries } from './request-parts/breakers.ts';

type Work = () => Promise<unknown>;
/** A breaker that opens after five failures, and becomes half-open after 50 ms. */
interface Breaker {
  call: (work: Work) => Promise<unknown>;
  state: () => string;
}

/** The time in which an open breaker becomes half-open. */
const RECOVERED = 80;
const down: Work = () => Promise.reject(new Error('down'));
const never: Work = () => new Promise(() => undefined);

/** Work that ends when the test says so. */
function held() {
  let resolve = (): void => undefined;
  let reject: (error: Error) => void = resolve;
  const promise = new Promise<void>((...functions) => ([resolve, reject] = functions));
  promise.catch(() => undefined);
  return { work: () => promise, succeed: () => resolve(), fail: () => reject(new Error('late')) };
}

async function opened(
  create: () => Breaker,
  before?: Work,
): Promise<Breaker & { earlier?: Promise<unknown> }> {
  const breaker = create();
  const earlier = before && breaker.call(before).catch(() => undefined);
  for (let n = 0; n < 6; n += 1) await breaker.call(down).catch(() => undefined);
  await delay(RECOVERED);
  return { ...breaker, ...(earlier && { earlier }) };
}

const traps: Record<string, (create: () => Breaker) => Promise<string>> = {
  async '100 calls find it half-open'(create) {
    const { call, state } = await opened(create);
    const probe = held();
    let [sent, rejected] = [0, 0];
    const work = () => ((sent += 1), probe.work());
    const calls = Array.from({ length: 100 }, () => call(work).catch(() => (rejected += 1)));
    await delay(20);
    const text = `${sent} sent, ${rejected} rejected at once`;
    probe.succeed();
    await Promise.all(calls);
    return `${text}; after one success ${state()}, ${sent} sent`;
  },
  async 'a probe never settles'(create) {
    const { call } = await opened(create);
    void call(never);
    await delay(4 * RECOVERED);
    const later = call(() => Promise.resolve('is sent'));
    const text = await Promise.race([later.catch(() => 'is rejected'), delay(RECOVERED, 'hangs')]);
    return `a later call ${String(text)}`;
  },
  async 'a call from before it opened fails late'(create) {
    const [old, probe] = [held(), held()];
    const { call, state, earlier } = await opened(create, old.work);
    const probing = call(probe.work);
    const before = state();
    old.fail();
    await earlier;
    await delay(5);
    const text = `${before} becomes ${state()}`;
    probe.succeed();
    await probing;
    return text;
  },
};

interface Cockatiel {
  circuitBreaker: (policy: object, options: object) => { execute: Breaker['call']; state: number };
  handleAll: object;
  ConsecutiveBreaker: new (failures: number) => object;
}
type Opossum = new (
  call: (work: Work) => Promise<unknown>,
  options: object,
) => { fire: Breaker['call']; opened: boolean; halfOpen: boolean };

await withPackages(breakerLibraries, async (home) => {
  const require = createRequire(path.join(home, 'package.json'));
  const { circuitBreaker, handleAll, ConsecutiveBreaker } = require('cockatiel') as Cockatiel;
  const Opossum = require('opossum') as Opossum;
  const libraries: Record<string, () => Breaker> = {
    cockatiel() {
      const policy = circuitBreaker(handleAll, { halfOpenAfter: 50, breaker: new ConsecutiveBreaker(5) });
      const states = ['closed', 'open', 'half-open'];
      return { call: (work) => policy.execute(work), state: () => states[policy.state] ?? '' };
    },
    opossum() {
      const options = { resetTimeout: 50, volumeThreshold: 5, timeout: false };
      const breaker = new Opossum((work) => work(), options);
      const state = () => (breaker.opened ? 'open' : breaker.halfOpen ? 'half-open' : 'closed');
      return { call: (work) => breaker.fire(work), state };
    },
  };
  const rows: string[][] = [];
  for (const [trap, run] of Object.entries(traps))
    for (const [name, create] of Object.entries(libraries)) rows.push([trap, name, await run(create)]);
  printTable(['', 'library', 'result'], rows);
});
process.exit(); // opossum keeps its intervals
