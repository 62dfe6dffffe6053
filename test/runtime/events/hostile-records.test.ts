import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { EventHandler } from '../../../src/runtime/events/consumer-handlers.ts';
import { allowAnyTime, appendRecords, type RawRecord } from '../../support/raw-records.ts';
import { createFixture, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

type Header = RawRecord['headers'][number];

const bytes = (text: string): Buffer => Buffer.from(text);
const identity = (id: string): Header[] => [
  ['ce_id', bytes(id)],
  ['ce_type', bytes(noteWritten.type)],
  ['ce_source', bytes('test')],
];

/** Records that another program wrote, each under a key of its own, beside good events of other keys. */
describe('a record of another program', () => {
  const { topic } = noteWritten;
  let fixture: Fixture;
  let key = '';
  const server = (): string => fixture.config.kafka.bootstrapServers[0] ?? '';

  before(async () => {
    fixture = await createFixture(1);
    await allowAnyTime(server(), topic);
    const consumers = fixture.consumers({ parkDelay: { first: 600_000, max: 600_000 } });
    consumers.on(noteWritten, keep);
    consumers.start();
  });
  beforeEach(() => (key = randomUUID()));
  after(() => fixture.close());

  const keep: EventHandler<Note> = async ({ subject, data }, trx) => {
    if (data.text === 'poison') throw new TypeError('never');
    await trx('effect').insert({ key: subject, text: data.text });
  };
  const handled = (of = key): Promise<string[]> =>
    fixture.database('effect').where('key', of).orderBy('id').pluck('text');
  const parked = (): Promise<{ state: string; reason: string } | undefined> =>
    fixture.database('event_parked_keys').where({ key }).first('state', 'reason');
  const poison = { state: 'parked', reason: 'bug' };

  /** Resolves when a good event of another key, which comes behind the record, is handled. */
  async function come(record: Partial<RawRecord>): Promise<void> {
    const defaults = { key: bytes(key), value: bytes('{"text":"poison"}'), headers: identity(key) };
    await appendRecords(server(), { topic }, [{ ...defaults, timestamp: BigInt(Date.now()), ...record }]);
    const good = randomUUID();
    await fixture.send(good, 'good');
    await waitFor(async () => (await handled(good)).length === 1, { timeout: 20_000 });
  }

  for (const name of ['ce_type', 'ce_id', 'ce_source']) {
    it(`whose header ${name} is null is a dead letter, and the process lives`, async () => {
      await come({ headers: identity(key).map(([each, value]) => [each, each === name ? null : value]) });
      assert.deepEqual(await parked(), { state: 'dead', reason: 'unreadable' });
    });
  }

  it('is handled, though headers that it need not have are null', async () => {
    const names = ['correlationid', 'causationid', 'subject', 'time', 'eventversion', 'aggregatetype'];
    const nulls = ['content-type', 'traceparent', ...names.map((name) => `ce_${name}`)];
    await come({
      value: bytes('{"text":"fine"}'),
      headers: [...identity(key), ...nulls.map((name): Header => [name, null])],
    });
    assert.deepEqual(await handled(), ['fine']);
  });

  it('is parked whatever its headers are, and keeps those that are bytes', async () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', ''];
    const twice: Header[] = [null, bytes('1'), bytes('2')].map((value) => ['twice', value]);
    await come({
      headers: [
        ...identity(key),
        ...names.map((name): Header => [name, bytes('x')]),
        ['null', null],
        ...twice,
      ],
    });
    assert.deepEqual(await parked(), poison);
    const { headers } = await fixture
      .database('event_parked')
      .where({ key })
      .first(fixture.database.raw('headers::text'));
    const kept = new Map<string, unknown>(Object.entries(JSON.parse(headers)));
    for (const name of names) assert.equal(kept.get(name), 'x', name);
    assert.deepEqual(kept.get('twice'), ['1', '2']);
    assert.equal(kept.has('null'), false);
  });

  it('does not stop the process, however many headers it has', async () => {
    const many = Array.from({ length: 60_000 }, (_, index): Header => [index.toString(36), null]);
    await come({ headers: [...identity(key), ...many] });
    assert.deepEqual(await parked(), poison);
  });

  const times = {
    'in nanoseconds': BigInt(Date.now()) * 1_000_000n,
    'in microseconds': BigInt(Date.now()) * 1_000n,
    'that is the largest': 2n ** 63n - 1n,
    'below zero': -62_135_596_800_001n,
  };
  for (const [what, timestamp] of Object.entries(times)) {
    it(`of a time ${what} is parked without it`, async () => {
      await come({ timestamp });
      assert.deepEqual(await parked(), poison);
      assert.deepEqual(await fixture.database('event_parked').where({ key }).pluck('received_at'), [null]);
    });
  }
});
