import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import joi from 'joi';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { defineEvent } from '../../../src/runtime/events/event/definition.ts';
import type { EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import { createFixture, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

const noteWrittenV2 = defineEvent<Note & { author: string }>({
  ...noteWritten,
  version: 2,
  schema: joi.object({ text: joi.string().required(), author: joi.string().required() }),
  upcasts: { 1: (data) => ({ ...data, author: 'unknown' }) },
});

type Release = 'version 1' | 'version 2';

describe('an event in two versions', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(1)));
  afterEach(() => fixture.close());

  const effects = async (): Promise<string[]> => fixture.database('effect').orderBy('id').pluck('text');
  const positionIs = (position: number) =>
    waitFor(
      async () =>
        Number((await fixture.database('event_positions').first<{ position: string }>())?.position) ===
        position,
      { message: `position ${position}` },
    );

  /** Sends one version of the occurrence `text`, as `bus.publish` of both versions does. */
  const send = (version: 1 | 2, text: string) =>
    fixture.send('a', text, {
      ...(version === 2 && { value: JSON.stringify({ text, author: 'Ann' }) }),
      headers: { ce_eventversion: String(version), ce_occurrenceid: text, ce_oldestversion: '1' },
    });

  const keep: EventHandler<Note & { author?: string }> = ({ subject, data }, trx) =>
    trx('effect').insert({ key: subject, text: `${data.text} ${data.author ?? '-'}` });

  /** Starts a replica of the release of the consumer that knows the event up to this version. */
  function start(release: Release): Consumers {
    const definition = release === 'version 1' ? noteWritten : noteWrittenV2;
    const consumers = fixture.consumers({}, [definition]);
    consumers.on(definition, keep);
    consumers.start();
    return consumers;
  }

  it('is handled once by a consumer that knows version 1, which parks nothing', async () => {
    start('version 1');
    await send(2, 'x');
    await send(1, 'x');
    await positionIs(2);
    assert.deepEqual(await effects(), ['x -']);
    assert.deepEqual(await fixture.database('event_parked_keys'), []);
  });

  it('is handled once by a consumer that knows version 2, with the data of version 2', async () => {
    start('version 2');
    for (const text of ['x', 'y']) for (const version of [2, 1] as const) await send(version, text);
    await fixture.send('a', 'only in version 1');
    await positionIs(5);
    assert.deepEqual(await effects(), ['x Ann', 'y Ann', 'only in version 1 unknown']);
  });

  const deploys: [from: Release, to: Release, effect: string][] = [
    ['version 1', 'version 2', 'x unknown'],
    ['version 2', 'version 1', 'x Ann'],
  ];
  for (const [from, to, effect] of deploys)
    it(`is handled once if the consumer changes from ${from} to ${to} between the two messages`, async () => {
      const old = start(from);
      await send(2, 'x');
      await positionIs(1);
      await old.stop();
      start(to);
      await send(1, 'x');
      await positionIs(2);
      assert.deepEqual(await effects(), [effect]);
    });

  it('is skipped in a replay that keeps the inbox, whichever version the group has handled', async () => {
    const old = start('version 1');
    await send(2, 'x');
    await send(1, 'x');
    await positionIs(2);
    await old.stop();
    await fixture.database('event_positions').update({ position: 0 });
    start('version 2');
    await send(2, 'y');
    await positionIs(3);
    assert.deepEqual(await effects(), ['x -', 'y Ann']);
  });

  it('is handled in version 1 by a handler of the whole topic', async () => {
    const versions: number[] = [];
    const consumers = fixture.consumers();
    consumers.subscribe({
      topics: [noteWritten.topic],
      handler: async ({ version }) => void versions.push(version),
    });
    consumers.start();
    await send(2, 'x');
    await send(1, 'x');
    await positionIs(2);
    assert.deepEqual(versions, [1]);
  });

  it('has the same idempotency key in both versions', async () => {
    const keys: string[] = [];
    const definition = noteWrittenV2;
    const consumers = fixture.consumers({}, [definition]);
    consumers.on(definition, async (_, key) => void keys.push(key), { delivery: 'at-least-once' });
    consumers.start();
    await send(2, 'x');
    await send(1, 'x');
    await send(1, 'y');
    await positionIs(3);
    assert.deepEqual(keys, ['test/x', 'test/y']);
  });

  it('that no consumer knows is parked in its oldest version', async () => {
    start('version 1');
    const headers = { ce_occurrenceid: randomUUID(), ce_oldestversion: '2' };
    for (const version of ['3', '2'])
      await fixture.send('a', 'x', { headers: { ...headers, ce_eventversion: version } });
    await positionIs(2);
    const parked = await fixture.database('event_parked').select<{ headers: Record<string, string> }[]>();
    assert.deepEqual(
      parked.map((row) => row.headers['ce_eventversion']),
      ['2'],
    );
  });
});
