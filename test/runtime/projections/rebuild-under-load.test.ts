import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { beginRebuild } from '../../../src/runtime/projections/operations/rebuild.ts';
import { switchVersion } from '../../../src/runtime/projections/operations/switch.ts';
import { createNoteWorld, type NoteWorld } from './note-service.ts';

const keys = ['a', 'b', 'c', 'd'];

describe('a rebuild while events arrive and a replica is replaced', function () {
  this.timeout(60_000);
  let world: NoteWorld;
  before(async () => {
    world = await createNoteWorld();
    await world.next();
  });
  after(async () => {
    await world.stop();
    await world.close();
  });

  it('equals a fold over the events in both versions, and no reader sees a row go backward', async () => {
    const definitions = [await world.define(1, ' '), await world.define(2, ' ')] as const;
    const expected = new Map<string, string[]>(keys.map((key) => [key, []]));
    const sent = new AbortController();
    async function sendAll(): Promise<void> {
      for (let number = 0; !sent.signal.aborted; number += 1)
        for (const key of keys) {
          await world.send(key, String(number));
          expected.get(key)?.push(String(number));
        }
    }
    const first = world.replica();
    first.addProjection(definitions[0]);
    await first.start();
    const sending = sendAll();
    await waitFor(() => (expected.get('d')?.length ?? 0) > 5);

    const second = world.replica();
    const readers = second.addProjection(...definitions);
    await second.start();
    const seen = new Set<number>();
    const compared = new AbortController();
    async function readAll(): Promise<void> {
      let longest = 0;
      while (!compared.signal.aborted) {
        const { version, length } = await readers.read(async (notes) => ({
          version: notes.version,
          length: (await notes.texts('a'))?.length ?? 0,
        }));
        assert.ok(length >= longest, `version ${version} has ${length} characters, after ${longest}`);
        longest = length;
        seen.add(version);
      }
    }
    const reading = readAll();
    await beginRebuild(world.database, world.driver, { projection: world.name });
    await first.stop();
    const change = (to: number) =>
      waitFor(() => switchVersion(world.database, { projection: world.name, to }).then(() => true));
    await change(2);
    await change(1);
    await change(2);
    sent.abort();
    await sending;
    await Promise.all([world.untilEnd(1), world.untilEnd(2)]);
    compared.abort();
    await reading;
    assert.deepEqual(
      [...seen].toSorted((one, other) => one - other),
      [1, 2],
    );
    for (const { table } of definitions)
      for (const key of keys) {
        const row = await world.database(table).where({ key }).first('texts');
        assert.equal(row?.texts, expected.get(key)?.join(' '), `${table} ${key}`);
      }
  });
});
