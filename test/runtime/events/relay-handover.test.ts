import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createRelayFixture, placed, type RelayFixture } from './relay-fixture.ts';

describe('relays that hand lanes over under load', () => {
  let world: RelayFixture;

  before(async () => {
    world = await createRelayFixture();
    world.kafka.latency = () => 100;
  });
  after(() => world.close());

  it('send nothing twice, as long as Kafka answers', async () => {
    const { publish } = await world.startReplica();
    let count = 0;
    const writing = new AbortController();
    async function write(): Promise<void> {
      while (!writing.signal.aborted) {
        count += 1;
        await publish(placed(`order-${count % 100}`, count));
      }
    }
    const written = Promise.all([write(), write(), write()]);
    for (let joined = 0; joined < 3; joined += 1) {
      const { relay } = await world.startReplica();
      await waitFor(() => relay.status().lanes.length >= 4);
    }
    for (const relay of world.relays.slice(0, 2)) {
      const begun = performance.now();
      await relay.stop?.();
      assert.ok(performance.now() - begun < 20_000, 'a relay must not stay for what others publish');
    }
    writing.abort();
    await written;
    await world.emptied();
    assert.equal(world.kafka.messages.length, count);
  });
});
