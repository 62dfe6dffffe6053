import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

const ignored = { assigned: () => {}, fetched: () => {}, lost: () => {} };
const stateOf = (consumers: Consumers): string | undefined => consumers.status()[0]?.state;

describe('a Kafka cluster that becomes unavailable', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(2)));
  afterEach(() => fixture.close());

  function consume(): { consumers: Consumers; texts: string[] } {
    const texts: string[] = [];
    const consumers = fixture.consumers();
    consumers.on(noteWritten, async ({ data }) => void texts.push(data.text));
    consumers.start();
    return { consumers, texts };
  }

  it('is joined when it is available', async () => {
    await fixture.send('a', 'early');
    await fixture.stopBroker();
    const { consumers, texts } = consume();
    const { error } = await waitFor(() => consumers.status().find(({ state }) => state === 'rebuilding'));
    assert.match(error ?? '', /ECONNREFUSED|[Cc]onnection/);
    await fixture.startBroker();
    await waitFor(() => texts.includes('early'));
    assert.equal(stateOf(consumers), 'running');
  });

  it('does not block stop', async () => {
    const { consumers } = consume();
    await waitFor(() => stateOf(consumers) === 'running');
    await fixture.stopBroker();
    const begun = performance.now();
    await consumers.stop();
    assert.ok(performance.now() - begun < 15_000, `took ${performance.now() - begun} ms`);
    const late = consume().consumers;
    const again = performance.now();
    await late.stop();
    assert.ok(performance.now() - again < 15_000, `took ${performance.now() - again} ms`);
  });

  it('does not block stop during a connection check', async () => {
    const asked = new EventEmitter();
    const member = fixture.driver.createMember({ groupId: 'g', topics: [], sessionTimeout: 6_000 }, ignored);
    const consumers = fixture.consumers({
      driver: {
        ...fixture.driver,
        createMember: () => ({ ...member, join: () => Promise.reject(new Error('refused')) }),
        topicOffsets() {
          asked.emit('offsets');
          return new Promise(() => {});
        },
      },
    });
    consumers.on(noteWritten, async () => {});
    const begun = once(asked, 'offsets');
    consumers.start();
    await begun;
    await consumers.stop();
    assert.equal(stateOf(consumers), 'stopped');
  });

  it('is joined again when it is back, and no event is lost or repeated', async () => {
    const { texts } = consume();
    await fixture.send('a', 'before');
    await waitFor(() => texts.length === 1);
    for (const text of ['1', '2', '3']) {
      await fixture.stopBroker();
      await fixture.startBroker();
      await waitFor(() => fixture.send('a', text));
    }
    await waitFor(() => texts.includes('3'));
    assert.deepEqual([...new Set(texts)], ['before', '1', '2', '3']);
  });

  it('can come back without its data: the position is reset, with an error in the log', async () => {
    const { texts } = consume();
    await fixture.sendMany(['1', '2', '3', '4', '5'].map((text) => ({ key: 'a', text })));
    await waitFor(() => texts.length === 5);
    await fixture.stopBroker();
    await fixture.startBroker({ empty: true });
    await waitFor(() => fixture.driver.ensureTopics([noteWritten.topic]).then(() => true));
    await waitFor(() => fixture.send('a', 'new'));
    await waitFor(() => texts.includes('new'));
    assert.ok(
      fixture.log.some(({ level, msg }) => level === 'error' && /was at 5 .* continuing at 0/.test(msg)),
    );
  });
});
