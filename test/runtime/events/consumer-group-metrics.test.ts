import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

/** Promise.withResolvers, which Node 20 does not have. */
function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((resolved) => (resolve = resolved));
  return { promise, resolve: () => resolve() };
}

describe('the metrics of a consumer', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(4)));
  afterEach(() => fixture.close());

  function replica(handler: () => Promise<unknown>): { consumers: Consumers; registry: Registry } {
    const registry = new Registry();
    const consumers = fixture.consumers({ registry });
    consumers.on(noteWritten, handler);
    consumers.start();
    return { consumers, registry };
  }

  /** The values of a metric, by partition if it has that label. */
  async function read(registry: Registry, name: string): Promise<Map<unknown, number>> {
    const metric = await registry.getSingleMetric(`microservice_consumer_${name}`)?.get();
    return new Map(metric?.values.map(({ labels, value }) => [labels['partition'], value]));
  }
  const largest = async (registry: Registry, name: string): Promise<number> =>
    Math.max(0, ...(await read(registry, name)).values());

  it('show the age of the oldest unhandled event, while its handler hangs and after', async () => {
    const release = deferred();
    const { registry } = replica(() => release.promise);
    await fixture.send('a', 'slow');
    const first = await waitFor(() => largest(registry, 'lag_seconds'));
    await waitFor(async () => (await largest(registry, 'lag_seconds')) > first + 0.05);
    assert.equal(await largest(registry, 'lag'), 1);
    release.resolve();
    await waitFor(async () => (await largest(registry, 'lag')) === 0);
    assert.equal(await largest(registry, 'lag_seconds'), 0);
    assert.equal((await read(registry, 'lag')).size, 4);
  });

  it('drop a revoked partition, even if an event of it is still being handled', async () => {
    const release = deferred();
    const { consumers, registry } = replica(() => release.promise);
    await fixture.sendMany(Array.from({ length: 40 }, (_, n) => ({ key: `k${n}`, text: String(n) })));
    await waitFor(
      async () => [...(await read(registry, 'lag')).values()].filter((lag) => lag > 0).length === 4,
    );
    replica(() => Promise.resolve());
    const held = (): number => consumers.status()[0]?.partitions.length ?? 0;
    await waitFor(() => held() === 2);
    assert.equal((await read(registry, 'lag')).size, 2);
    release.resolve();
    await waitFor(async () => (await largest(registry, 'lag')) === 0);
    assert.equal((await read(registry, 'lag_seconds')).size, 2);
    await consumers.stop();
    assert.equal((await read(registry, 'lag')).size, 0);
  });

  it('count the rebalances of the group', async () => {
    const { registry } = replica(() => Promise.resolve());
    const rebalances = (): Promise<number> => largest(registry, 'rebalances_total');
    await waitFor(async () => (await rebalances()) === 1);
    const second = replica(() => Promise.resolve());
    await waitFor(async () => (await rebalances()) === 2);
    await second.consumers.stop();
    await waitFor(async () => (await rebalances()) === 3);
  });
});
