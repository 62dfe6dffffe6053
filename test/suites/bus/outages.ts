import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Suite } from './bus-suite.ts';

export function outageBehaviour({ world, broker }: Suite): void {
  it('an outage of the broker delays the saved events, and loses and repeats none', async function () {
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
    await waitFor(() => publisher.bus.status().relay?.problem, { message: 'a failed send' });
    await outage.end();
    await change(publisher, 'a');
    assert.deepEqual(await effectsOf(7), { a: [1, 2, 3, 4, 5], b: [1, 2] });
  });

  it('a consumer continues when the broker is back, without waiting for the session of its former member', async function () {
    const { startConsumer } = world();
    const { outage } = broker();
    if (!outage) {
      this.skip();
      return;
    }
    const { bus } = await startConsumer();
    const group = () => bus.status().consumers[0];
    await waitFor(() => group()?.partitions.length === 4);
    await outage.begin();
    await waitFor(() => group()?.state === 'rebuilding');
    await outage.end();
    // a session expires after 10 s
    await waitFor(() => group()?.state === 'running' && group()?.partitions.length === 4, {
      timeout: 9_500,
    });
  });
}
