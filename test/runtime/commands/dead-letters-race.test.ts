import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { redriveOutgoing } from '../../../src/runtime/events/operations/redrive-outbox.ts';
import { dropOutgoingKey } from '../../../src/runtime/events/operations/dead-letters.ts';
import { findParkedKeys, type ParkedKeyRow } from '../../../src/runtime/events/operations/parked.ts';
import { refusal } from '../events/memory-kafka.ts';
import { createRelayFixture, placed, type RelayFixture, totalOf } from '../events/relay-fixture.ts';

const KEYS = ['a', 'b', 'c'];
const EVENTS = 100;

describe('drop and redrive of outgoing events while relays and publishers run', function () {
  this.timeout(60_000);
  let world: RelayFixture;

  before(async () => (world = await createRelayFixture()));
  after(() => world.close());

  it('lose no event, show every dropped one, and keep the order of each key', async () => {
    const { database, kafka } = world;
    const replica = await world.startReplica();
    await world.startReplica();
    kafka.fault = (messages) =>
      messages.some(({ value }) => totalOf(value) % 10 === 3)
        ? { error: refusal('the message is too large', 'size'), arrived: 0 }
        : undefined;

    const kept = new Map<string, number[]>(KEYS.map((key) => [key, []]));
    let drops = 0;
    async function operate(key: ParkedKeyRow): Promise<void> {
      drops += 1;
      if (drops % 4 === 0) return void (await redriveOutgoing(database, key));
      const gone: number[] = [];
      const drop = { of: key, firstRow: key.firstRow, whole: drops % 10 === 1 };
      const count = await dropOutgoingKey(database, drop, (events) =>
        gone.push(...events.map(({ value }) => totalOf(value))),
      );
      assert.equal(gone.length, count ?? 0);
      kept.get(key.key)?.push(...gone);
    }

    const publish = async (key: string): Promise<void> => {
      for (let total = 0; total < EVENTS; total += 1) await replica.publish(placed(key, total));
    };
    let published = false;
    const publishing = Promise.all(KEYS.map(publish)).finally(() => (published = true));
    await waitFor(
      async () => {
        const { keys } = await findParkedKeys(database, { state: 'dead', group: '', of: 'first' }, 10);
        await Promise.all(keys.flatMap((key) => [operate(key), operate(key)]));
        const waits = await database('event_outbox').first('id');
        return published && keys.length === 0 && !waits;
      },
      { timeout: 50_000, message: 'every event sent or dropped' },
    );
    await publishing;

    for (const key of KEYS) {
      const gone = kept.get(key) ?? [];
      assert.equal(new Set(gone).size, gone.length, `${key}: dropped twice`);
      const sent = kafka.messages.filter((message) => message.key === key).map(({ value }) => totalOf(value));
      const all = Array.from({ length: EVENTS }, (_, total) => total);
      assert.deepEqual(
        [...new Set(sent)],
        all.filter((total) => !gone.includes(total)),
        `${key}: sent`,
      );
    }
    assert.ok([...kept.values()].flat().length >= KEYS.length);
  });
});
