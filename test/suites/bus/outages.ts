import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Suite } from './bus-suite.ts';

export function outageBehaviour({ world, broker }: Suite): void {
  it('delays what is saved meanwhile, and loses and repeats nothing', async function () {
    const { startPublisher, startConsumer, change, effectsOf } = world();
    const { outage } = broker();
    if (!outage) {
      this.skip();
      return;
    }
    const publisher = await startPublisher();
    await startConsumer();
    await change(publisher, 'a', 2);
    await effectsOf(2);
    await outage.begin();
    await change(publisher, 'a', 2);
    await change(publisher, 'b', 2);
    await waitFor(() => publisher.bus.status().relay?.problem, { timeout: 20_000, message: 'a failed send' });
    await outage.end();
    await change(publisher, 'a');
    assert.deepEqual(await effectsOf(7), { a: [1, 2, 3, 4, 5], b: [1, 2] });
  });
}
