import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import { createOutbox, type Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { up as createOutboxTable } from '../../../src/runtime/tables/event-outbox.ts';
import { allowAnyTime, appendRecords, type RawRecord } from '../../support/raw-records.ts';
import { createFixture, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

type Header = RawRecord['headers'][number];

const bytes = (text: string): Buffer => Buffer.from(text);
const identity = (id: string): Header[] => [
  ['ce_id', bytes(id)],
  ['ce_type', bytes(noteWritten.type)],
  ['ce_source', bytes('test')],
];

/** Records of another program, each with its own key, next to good events of other keys. */
describe('a record of another program', () => {
  const { topic } = noteWritten;
  let fixture: Fixture;
  let outbox: Outbox;
  let key = '';
  const server = (): string => fixture.config.kafka.bootstrapServers[0] ?? '';

  before(async () => {
    fixture = await createFixture(1);
    await allowAnyTime(server(), topic);
    await createOutboxTable(fixture.database);
    outbox = createOutbox({
      database: fixture.database,
      contracts: { published: [] },
      serviceName: 'note-service',
    });
    const consumers = fixture.consumers({ parkDelay: { first: 600_000, max: 600_000 } });
    consumers.on(noteWritten, keep);
    consumers.start();
  });
  beforeEach(() => (key = randomUUID()));
  after(() => fixture.close());

  const keep: EventHandler<Note> = async ({ subject, data }, trx) => {
    if (data.text === 'poison') throw new TypeError('never');
    if (data.text.startsWith('quote')) throw new Error(`cannot ${data.text}`);
    if (data.text === 'publish')
      await outbox.publish(topic, { type: 'note.kept', data }, { key: subject, trx });
    await trx('effect').insert({ key: subject, text: data.text });
  };
  const handled = (of = key): Promise<string[]> =>
    fixture.database('effect').where('key', of).orderBy('id').pluck('text');
  const parked = (): Promise<{ state: string; reason: string } | undefined> =>
    fixture.database('event_parked_keys').where({ key }).first('state', 'reason');
  const poison = { state: 'parked', reason: 'bug' };

  /** Resolves when a good event of another key, which follows the record, is handled. */
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

  it('is handled, even if optional headers are null', async () => {
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

  const many: Record<string, Header[]> = {
    '60,000 headers': Array.from({ length: 60_000 }, (_, index): Header => [index.toString(36), null]),
    '120,000 headers of one name': Array.from({ length: 120_000 }, (): Header => ['x', bytes('y')]),
  };
  for (const [what, headers] of Object.entries(many)) {
    it(`with ${what} does not stop the process`, async () => {
      await come({ headers: [...identity(key), ...headers] });
      assert.deepEqual(await parked(), poison);
    });
  }

  const times = {
    'in nanoseconds': BigInt(Date.now()) * 1_000_000n,
    'in microseconds': BigInt(Date.now()) * 1_000n,
    'that is the largest': 2n ** 63n - 1n,
    'below zero': -62_135_596_800_001n,
  };
  for (const [what, timestamp] of Object.entries(times)) {
    it(`with a timestamp ${what} is parked without the timestamp`, async () => {
      await come({ timestamp });
      assert.deepEqual(await parked(), poison);
      assert.deepEqual(await fixture.database('event_parked').where({ key }).pluck('received_at'), [null]);
    });
  }

  const refused: Record<string, Header[]> = {
    'an id that holds NUL': [['ce_id', bytes('a\0b')]],
    'an id that is not UTF-8': [['ce_id', Buffer.from([0x61, 0xff])]],
    'an id and a source that no index holds': [
      ['ce_id', bytes(unlike('語', 450))],
      ['ce_source', bytes(unlike('語', 450))],
    ],
    'a subject that holds NUL': [['ce_subject', bytes('a\0b')]],
    'a version that reads like an outage': [
      ['ce_eventversion', bytes('1 - Connection terminated unexpectedly')],
    ],
  };
  for (const [what, headers] of Object.entries(refused)) {
    it(`with ${what} is a dead letter`, async () => {
      const names = headers.map(([name]) => name);
      await come({ headers: [...identity(key).filter(([name]) => !names.includes(name)), ...headers] });
      assert.deepEqual(await parked(), { state: 'dead', reason: 'unreadable' });
    });
  }

  const carried = {
    'that holds NUL': bytes('a\0b'),
    'that is not UTF-8': Buffer.from([0x61, 0xff]),
    'of 890,000 bytes': bytes('c'.repeat(890_000)),
  };
  for (const [what, odd] of Object.entries(carried)) {
    it(`with a correlation id ${what} is handled, and its events are published`, async () => {
      const others = ['ce_causationid', 'ce_traceparent', 'traceparent', 'ce_time'];
      const names = ['ce_correlationid', ...(odd.length < 10 ? others : [])];
      await come({
        value: bytes('{"text":"publish"}'),
        headers: [...identity(key), ...names.map((name): Header => [name, odd])],
      });
      assert.deepEqual(await handled(), ['publish']);
    });
  }

  const structured = (type: string, contentType = 'application/cloudevents+json; charset=utf-8') => ({
    headers: [['content-type', bytes(contentType)]] satisfies Header[],
    value: bytes(
      JSON.stringify({ specversion: '1.0', id: key, source: 'test', type, data: { text: 'fine' } }),
    ),
  });

  it('that PostgreSQL refuses to park unchanged waits without its headers, and so do the later records of its key', async () => {
    const { database } = fixture;
    await database.raw(`
      create function refuse_evil() returns trigger language plpgsql as $$ begin
        if jsonb_exists(new.headers, 'evil') then raise exception using errcode = '22P05', message = 'evil'; end if;
        return new;
      end $$`);
    await database.raw(
      'create trigger evil before insert on event_parked for each row execute function refuse_evil()',
    );
    const evil: Header[] = [['evil', bytes('x')]];
    await come({ headers: [...identity(key), ...evil] });
    await come({ headers: [...identity(`${key}-2`), ...evil] });
    await come({ headers: identity(`${key}-3`) });
    assert.deepEqual(await parked(), poison);
    const rows = await database('event_parked')
      .where({ key })
      .orderBy('id')
      .select('headers', 'value', 'raw_key');
    assert.deepEqual(
      rows.map(({ headers }) => Object.keys(headers)),
      [['microservice-reduced'], ['microservice-reduced'], ['ce_id', 'ce_type', 'ce_source']],
    );
    for (const { headers, value, raw_key } of rows) {
      assert.deepEqual([String(value), String(raw_key)], ['{"text":"poison"}', key]);
      assert.match(headers['microservice-reduced'] ?? 'evil', /evil/);
    }
  });

  it('in structured mode is handled once, even if it arrives twice', async () => {
    await come(structured(noteWritten.type));
    await come(structured(noteWritten.type));
    assert.deepEqual(await handled(), ['fine']);
  });

  it('in structured mode of a type without a handler is skipped', async () => {
    await come(structured('note.burned'));
    assert.deepEqual([await handled(), await parked()], [[], undefined]);
  });

  it('that is a batch of events is a dead letter', async () => {
    await come(structured(noteWritten.type, 'application/cloudevents-batch+json'));
    assert.deepEqual(await parked(), { state: 'dead', reason: 'unreadable' });
  });

  it('that a handler quotes in its error is not treated as an outage', async () => {
    await come({ value: bytes('{"text":"quote - Connection terminated unexpectedly"}') });
    assert.deepEqual(await parked(), { state: 'parked', reason: 'failure' });
  });

  it('with a key that is not text is handled, and its subject is text', async () => {
    const odd = Buffer.concat([Buffer.from([0, 0xff]), bytes(key)]);
    await come({ key: odd, value: bytes('{"text":"fine"}') });
    assert.deepEqual(await handled(`base64:${odd.toString('base64')}`), ['fine']);
  });

  it('without a key blocks no key with the text of its place', async () => {
    await come({ key: null });
    const { key: place } = await fixture.database('event_parked').orderBy('id', 'desc').first('key');
    assert.match(place, /^0@\d+$/);
    await come({ key: bytes(place), value: bytes('{"text":"fine"}'), headers: identity(randomUUID()) });
    assert.deepEqual(await handled(place), ['fine']);
  });

  const large = bytes(JSON.stringify({ text: 'x'.repeat(910_000) }));
  const tooLarge: Record<string, () => Partial<RawRecord>> = {
    'a value': () => ({ value: large }),
    'a value in structured mode': () => ({ ...structured(noteWritten.type), value: large }),
    headers: () => ({ headers: [...identity(key), ['x', Buffer.alloc(910_000, 'h')]] }),
    'many headers': () => ({
      headers: [
        ...identity(key),
        ...Array.from({ length: 91 }, (): Header => ['x', Buffer.alloc(10_000, 'h')]),
      ],
    }),
  };
  for (const [what, record] of Object.entries(tooLarge)) {
    it(`that is larger than KAFKA_MAX_EVENT_BYTES by ${what} is a dead letter without its value`, async () => {
      await come(record());
      await come({ value: bytes('{"text":"later"}'), headers: identity(`${key}-2`) });
      assert.deepEqual(await parked(), { state: 'dead', reason: 'too large' });
      assert.deepEqual(await handled(), []);
      const rows = await fixture
        .database('event_parked')
        .where({ key })
        .orderBy('id')
        .select('value', 'headers', 'raw_key', 'partition', 'position');
      assert.deepEqual(
        rows.map(({ value, raw_key }) => [value && String(value), String(raw_key)]),
        [
          [null, key],
          ['{"text":"later"}', key],
        ],
      );
      const [first] = rows;
      assert.match(
        first.headers['microservice-too-large'],
        /^\d{6,} bytes, and KAFKA_MAX_EVENT_BYTES is 900000/,
      );
      assert.ok(JSON.stringify(first.headers).length < 20_000);
      const { error } = await fixture.database('event_parked_keys').where({ key }).first('error');
      assert.match(
        error,
        new RegExp(`/0@${first.position} has [\\d]+ bytes, and KAFKA_MAX_EVENT_BYTES is 900000`),
      );
    });
  }

  it('that is too large reports at its redrive that its value was not stored, and is not treated as a tombstone', async () => {
    await come({ value: large });
    await fixture
      .database('event_parked_keys')
      .where({ key })
      .update({ state: 'parked', next_try_at: new Date(0) });
    await fixture.send(randomUUID(), 'good');
    await waitFor(async () => (await parked())?.state === 'dead', { timeout: 20_000 });
    const row = await fixture.database('event_parked_keys').where({ key }).first('reason', 'error');
    assert.equal(row.reason, 'too large');
    assert.match(row.error, /its value was not stored/);
  });

  it('whose key is too large is a dead letter with the beginning of the key', async () => {
    const long = Buffer.alloc(910_000, 'k');
    await come({ key: long });
    const row = await fixture
      .database('event_parked')
      .whereLike('key', 'sha256:%')
      .orderBy('id', 'desc')
      .first();
    assert.equal(row.value, null);
    assert.equal(row.raw_key.length, 1_000);
  });

  it('nested 100,000 levels deep is parked or handled', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await come({ value: bytes(`{"text":"poison","x":${deep}}`) });
    assert.deepEqual(await parked(), poison);
  });
});

/** Characters that PostgreSQL cannot compress below the size of an index entry. */
function unlike(first: string, count: number): string {
  const start = first.codePointAt(0) ?? 0;
  const any = (index: number): number => start + ((index * 7_919 + index * index * 31) % 8_000);
  return Array.from({ length: count }, (_, index) => String.fromCodePoint(any(index))).join('');
}
