import assert from 'node:assert/strict';
import { createOperatedService, group, type OperatedService } from './operated-service.ts';

const topic = 'note.events';
const incoming = { consumer_group: group, topic, state: 'dead' } as const;
const outgoing = { consumer_group: '', topic, state: 'dead', reason: 'refused', error: 'too large' } as const;
const nowhere = { partition: null, position: null };

interface Shown {
  valueBytes: number | null;
  valueBase64: string | null;
}

interface Document {
  keys: {
    direction: string;
    group: string | null;
    key: string;
    outcome?: string;
    dropped?: { id: string }[];
  }[];
}

describe('microservice-runtime dead-letters', () => {
  let service: OperatedService;
  before(async () => (service = await createOperatedService()));
  beforeEach(() => service.database.raw('truncate event_parked, event_parked_keys, event_outbox'));
  after(() => service.remove());

  const deadLetters = (...args: string[]) => service.run(['dead-letters', ...args]);
  const documents = async (...args: string[]) =>
    (await service.json<Document>(['dead-letters', ...args])).keys;
  const inOutbox = async (): Promise<string[]> => {
    const rows: { headers: { ce_id: string } }[] = await service.database('event_outbox').orderBy('id');
    return rows.map(({ headers }) => headers.ce_id);
  };
  const waiting = (): Promise<string[]> => service.database('event_parked').orderBy('id').pluck('event_id');
  const publish = (id: string, key: string) =>
    service.database('event_outbox').insert({ topic, key, headers: { ce_id: id }, payload: '{}' });

  it('lists incoming and outgoing dead letters, and no events that are still retried', async () => {
    await service.park({ ...incoming, key: 'a' });
    await service.park({ ...outgoing, key: 'b' }, [nowhere]);
    await service.park({ ...incoming, key: 'c', state: 'parked' });
    const { stdout } = await deadLetters('list');
    assert.match(stdout, /\nnote-service-consumer  note.events  a    bug  +3  never /);
    assert.match(stdout, /\noutbox +note.events  b    refused +3  never .* too large\n$/);
    assert.deepEqual(
      (await documents('list')).map(({ direction, group: of, key }) => [direction, of, key]),
      [
        ['inbox', group, 'a'],
        ['outbox', null, 'b'],
      ],
    );
    assert.deepEqual(
      (await documents('list', '--group', 'outbox')).map(({ key }) => key),
      ['b'],
    );
  });

  it('show prints values up to 8 MiB in total, and the sizes of the others', async () => {
    const value = Buffer.alloc(3 * 1024 * 1024, '7');
    await service.park({ ...incoming, key: 'a' }, [{ value }, { value }, { value }]);
    await service.park({ ...incoming, key: 'b' }, [{ value }]);
    const { stdout } = await deadLetters('show');
    assert.ok(stdout.length < 9 * 1024 * 1024);
    assert.equal(stdout.match(/ {2}value {4}3145728 bytes, not shown/g)?.length, 2);
    const answer = await service.json<{ keys: { queue: Shown[] }[] }>(['dead-letters', 'show']);
    assert.deepEqual(
      answer.keys.flatMap(({ queue }) => queue.map((each) => [each.valueBytes, each.valueBase64 !== null])),
      [true, true, false, false].map((isShown) => [value.length, isShown]),
    );
    const { stdout: alone } = await deadLetters('show', '--key', 'b', '--limit', '1');
    assert.ok(alone.length > value.length);
  });

  it('show says that the value of an event that was too large was not kept', async () => {
    const headers = { 'microservice-too-large': '910000 bytes, and KAFKA_MAX_EVENT_BYTES is 900000' };
    await service.park({ ...incoming, key: 'a' }, [{ value: null, headers }]);
    const { stdout } = await deadLetters('show');
    assert.match(stdout, / {2}value {4}not stored: 910000 bytes, and KAFKA_MAX_EVENT_BYTES is 900000\n/);
  });

  it('redrive retries an incoming key', async () => {
    await service.park({ ...incoming, key: 'a' });
    await deadLetters('redrive', '--key', 'a', '--yes');
    const row = await service.database('event_parked_keys').first();
    assert.deepEqual([row.state, row.attempts], ['parked', 0]);
    assert.ok(row.next_try_at.getTime() <= Date.now());
  });

  it('redrive sends an outgoing key again, in its order', async () => {
    await service.park({ ...outgoing, key: 'b' }, [nowhere, nowhere]);
    await publish('last', 'b');
    await publish('other', 'c');
    assert.match((await deadLetters('redrive', '--all')).stdout, /1 key would be redriven/);
    assert.deepEqual(await inOutbox(), ['last', 'other']);
    const [key] = await documents('redrive', '--all', '--yes');
    assert.equal(key?.outcome, 'redriven');
    assert.deepEqual(await inOutbox(), ['other', 'b-0', 'b-1', 'last']);
    assert.deepEqual(await waiting(), []);
    assert.equal(await service.database('event_parked_keys').first(), undefined);
  });

  it('drop deletes the first event of an outgoing key, and the rest is sent', async () => {
    await service.park({ ...outgoing, key: 'b' }, [nowhere, nowhere]);
    await publish('last', 'b');
    const { stdout } = await deadLetters('drop', '--id', 'b-0', '--yes');
    assert.match(stdout, /^note.written b-0 of test\n/);
    assert.match(
      stdout,
      /\ndropped: 1 event of key b of note.events \(outbox\), shown above; deleted permanently\n$/,
    );
    assert.deepEqual(await inOutbox(), ['b-1', 'last']);
    assert.deepEqual(await waiting(), []);
  });

  it('drop --with-queue deletes the waiting events of the outbox too, and lists them first', async () => {
    await service.park({ ...outgoing, key: 'b' }, [nowhere, nowhere]);
    await publish('last', 'b');
    await publish('other', 'c');
    const foreseen = await documents('drop', '--key', 'b', '--with-queue');
    assert.deepEqual(
      foreseen[0]?.dropped?.map(({ id }) => id),
      ['b-0', 'b-1', 'last'],
    );
    assert.deepEqual(await inOutbox(), ['last', 'other']);
    const done = await documents('drop', '--key', 'b', '--with-queue', '--yes');
    assert.deepEqual(
      done[0]?.dropped?.map(({ id }) => id),
      ['b-0', 'b-1', 'last'],
    );
    assert.deepEqual(await inOutbox(), ['other']);
    assert.deepEqual(await waiting(), []);
  });

  it('drop --with-queue prints the first 100 of many outgoing events, and all of them for programs', async () => {
    const rows = Array.from({ length: 250 }, (_, index) => ({
      ...{ topic, key: 'b', headers: { ce_id: `w-${index}`, ce_type: 'note.written', ce_source: 'test' } },
      payload: '{}',
    }));
    const ids = ['b-0', 'b-1', ...rows.map(({ headers }) => headers.ce_id)];
    const prepare = async (): Promise<void> => {
      await service.park({ ...outgoing, key: 'b' }, [nowhere, nowhere]);
      await service.database.batchInsert('event_outbox', rows);
      await publish('other', 'c');
    };
    await prepare();
    const { stdout } = await deadLetters('drop', '--key', 'b', '--with-queue', '--yes');
    assert.deepEqual(
      [...stdout.matchAll(/^note\.written (\S+) of test/gm)].map(([, id]) => id),
      ids.slice(0, 100),
    );
    assert.match(
      stdout,
      /\ndropped: 252 events of key b .*, the first 100 shown above; deleted permanently\n$/,
    );
    await prepare();
    const [document] = await documents('drop', '--key', 'b', '--with-queue', '--yes');
    assert.deepEqual(
      document?.dropped?.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(await inOutbox(), ['other', 'other']);
  });
});
