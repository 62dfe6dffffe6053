import assert from 'node:assert/strict';
import { createOperatedService, type OperatedService } from './operated-service.ts';

describe('microservice-runtime outbox', () => {
  let service: OperatedService;
  before(async () => (service = await createOperatedService()));
  beforeEach(() => service.database.raw('truncate event_outbox'));
  after(() => service.remove());

  const outbox = (...args: string[]) => service.run(['outbox', ...args]);
  const idsOf = async (...args: string[]): Promise<string[]> =>
    (await service.json<{ events: { id: string }[] }>(['outbox', ...args])).events.map(({ id }) => id);
  const waiting = (): Promise<string[]> => service.database('event_outbox').orderBy('id').pluck('key');
  const save = (
    id: string,
    key: string,
    { topic = 'note.events', type = 'note.written', minutes = 0 } = {},
  ) =>
    service.database('event_outbox').insert({
      ...{ topic, key, payload: '{"text":"x"}', created_at: new Date(Date.now() - minutes * 60_000) },
      headers: { ce_id: id, ce_type: type, ce_source: 'note-service' },
    });

  it('lists waiting events, the oldest one first', async () => {
    await save('1', 'a');
    await save('2', 'b', { minutes: 5 });
    const { stdout } = await outbox('list');
    const [title, first, second] = stdout.split('\n').map((line) => line.split(/ {2,}/));
    assert.deepEqual(title, ['TOPIC', 'KEY', 'TYPE', 'ID', 'AGE', 'BYTES', 'LANE']);
    assert.deepEqual(first?.slice(0, 6), ['note.events', 'b', 'note.written', '2', '5m', '12']);
    assert.deepEqual(second?.slice(0, 4), ['note.events', 'a', 'note.written', '1']);
    assert.match((await outbox('list', '--limit', '1')).stdout, /\nand 1 more; --limit/);
  });

  it('keeps the order of a key, whatever the ids of its events', async () => {
    const created_at = new Date();
    for (const ce_id of ['z', 'y', 'x'])
      await service.database('event_outbox').insert({
        ...{ topic: 'note.events', key: 'a', headers: { ce_id }, payload: '{}', created_at },
      });
    assert.deepEqual(await idsOf('list', '--all'), ['z', 'y', 'x']);
    assert.deepEqual(await idsOf('show', '--all', '--limit', '2'), ['z', 'y']);
    assert.deepEqual(await idsOf('drop', '--all', '--limit', '2', '--yes'), ['z', 'y']);
  });

  it('lists only events that match all filters', async () => {
    await save('1', 'a');
    await save('2', 'a', { minutes: 5, type: 'note.read' });
    await save('3', 'b', { topic: 'other.events' });
    assert.deepEqual(await idsOf('list', '--key', 'a'), ['2', '1']);
    assert.deepEqual(await idsOf('list', '--key', 'a', '--older-than', '2m'), ['2']);
    assert.deepEqual(await idsOf('list', '--type', 'note.written', '--topic', 'note.events'), ['1']);
    assert.deepEqual(await idsOf('list', '--id', '3'), ['3']);
    assert.deepEqual(await idsOf('list', '--id', '4'), []);
    assert.equal((await outbox('list', '--id', '4')).stdout, 'No event in the outbox matches these flags.\n');
  });

  it('shows headers and value', async () => {
    await save('1', 'a');
    const { stdout } = await outbox('show', '--id', '1');
    assert.match(stdout, /^note.written 1 of note-service\n/);
    assert.match(stdout, /\n {4}ce_source: note-service\n/);
    assert.match(stdout, /\n {6}"text": "x"\n/);
  });

  it('redrive is refused, with the reason', async () => {
    const { code, stderr } = await outbox('redrive', '--all');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /a running service sends them.*npx microservice-runtime dead-letters list shows the events that Kafka refused\n$/,
    );
  });

  it('drop lists the events that it would delete, and changes nothing', async () => {
    await save('1', 'a');
    await save('2', 'b');
    const { code, stdout } = await outbox('drop', '--key', 'a');
    assert.equal(code, 0);
    assert.match(stdout, /\n1 event, shown above, would be deleted permanently and never published\.\n/);
    assert.match(stdout, /Nothing was changed/);
    assert.deepEqual(await waiting(), ['a', 'b']);
  });

  it('drop --yes deletes the events, and prints them', async () => {
    await save('1', 'a');
    await save('2', 'b');
    const { stdout } = await outbox('drop', '--key', 'a', '--yes');
    assert.match(stdout, /^note.written 1 of note-service\n(.*\n)+ {6}"text": "x"\n/);
    assert.match(stdout, /\n1 event dropped, shown above; deleted permanently/);
    assert.deepEqual(await waiting(), ['b']);
  });

  it('drop deletes more events than fit into one statement, up to the limit', async () => {
    const rows = Array.from({ length: 450 }, (_, index) => ({
      ...{ topic: 'note.events', key: `k${index}`, payload: '{}', headers: { ce_id: `${index}` } },
    }));
    await service.database.batchInsert('event_outbox', rows);
    assert.equal((await idsOf('drop', '--all', '--limit', '30', '--yes')).length, 30);
    assert.equal((await idsOf('drop', '--topic', 'note.events', '--yes')).length, 420);
    assert.deepEqual(await waiting(), []);
  });

  it('drop prints the first 100 of many events, and all of them for programs', async () => {
    const headers = (index: number) => ({ ce_id: `n-${index}`, ce_type: 'note.written', ce_source: 'test' });
    const rows = Array.from({ length: 250 }, (_, index) => ({
      ...{ topic: 'note.events', key: 'many', headers: headers(index), payload: '{}' },
    }));
    const ids = rows.map((each) => each.headers.ce_id);
    await service.database.batchInsert('event_outbox', rows);
    assert.match((await outbox('drop', '--all')).stdout, /To keep a copy of all, add --yes --json/);
    const { stdout } = await outbox('drop', '--all', '--yes');
    assert.deepEqual(
      [...stdout.matchAll(/^note\.written (\S+) of test/gm)].map(([, id]) => id),
      ids.slice(0, 100),
    );
    assert.match(stdout, /^250 events dropped, the first 100 shown above; deleted permanently/m);
    await service.database.batchInsert('event_outbox', rows);
    assert.deepEqual(await idsOf('drop', '--all', '--yes'), ids);
    assert.deepEqual(await waiting(), []);
  });

  it('drop requires a filter', async () => {
    const { code, stderr } = await outbox('drop', '--yes');
    assert.equal(code, 2);
    assert.match(stderr, /nothing is selected/);
  });
});
