import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { withAdmin } from '../../suites/bus/raw-kafka.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

describe('stopping a consumer', () => {
  let fixture: Fixture;
  let release: () => void;
  beforeEach(async () => (fixture = await createFixture(2)));
  afterEach(async () => {
    release();
    await fixture.close();
  });

  it('waits for a hanging handler up to stopTimeout, and then leaves the group at once', async () => {
    const held = new Promise<void>((resolve) => (release = resolve));
    const started: string[] = [];
    const hanging = fixture.consumers({ stopTimeout: 300, sessionTimeout: 90_000 });
    hanging.on(noteWritten, async ({ data }) => {
      started.push(data.text);
      await held;
    });
    hanging.start();
    await fixture.sendMany(['1', '2'].map((text) => ({ key: 'a', text })));
    await waitFor(() => started.length === 1);
    const begun = performance.now();
    await hanging.stop();
    const took = performance.now() - begun;
    assert.ok(took >= 299, `took ${took} ms`);
    assert.deepEqual(started, ['1']);

    const next = fixture.consumers();
    next.on(noteWritten, async ({ data }) => void started.push(`again ${data.text}`));
    next.start();
    await waitFor(() => next.status()[0]?.partitions.length === 2, {
      message: 'a group that does not wait for the session of the member that left',
    });
    release();
  });

  it('waits for the running handler, and starts no other one', async () => {
    const held = new Promise<void>((resolve) => (release = resolve));
    const started: string[] = [];
    const consumers = fixture.consumers({ batchSize: 1 });
    consumers.on(noteWritten, async ({ data }, trx) => {
      started.push(data.text);
      await held;
      await trx('effect').insert({ key: 'a', text: data.text });
    });
    consumers.start();
    await fixture.sendMany(['1', '2'].map((text) => ({ key: 'a', text })));
    await waitFor(() => started.length === 1);
    const stopping = consumers.stop();
    release();
    await stopping;
    assert.deepEqual(started, ['1']);
    assert.deepEqual(await fixture.database('effect').pluck('text'), ['1']);
    assert.deepEqual(await fixture.database('event_positions').where('position', '>', 0).pluck('position'), [
      '1',
    ]);
  });

  it('leaves no member behind when it happens during the join', async () => {
    release = () => {};
    const { groupId, bootstrapServers } = fixture.config.kafka;
    const staying = fixture.consumers();
    staying.on(noteWritten, async () => {});
    staying.start();
    await waitFor(() => staying.status()[0]?.partitions.length === 2);
    const ignored = { assigned: () => {}, fetched: () => {}, lost: () => {} };
    const leaving = fixture.driver.createMember(
      { groupId, topics: [noteWritten.topic], sessionTimeout: 30_000 },
      ignored,
    );
    await withAdmin(bootstrapServers.join(), async (admin) => {
      const described = async () => (await admin.describeGroups([groupId])).groups[0];
      const joining = leaving.join().catch(() => {});
      await waitFor(async () => (await described())?.state === 'PreparingRebalance');
      await leaving.leave();
      await joining;
      await waitFor(async () => (await described())?.members.length === 1);
      await waitFor(async () => (await described())?.state === 'Stable');
    });
  });
});
