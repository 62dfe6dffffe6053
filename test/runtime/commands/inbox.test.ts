import assert from 'node:assert/strict';
import { createOperatedService, group, type OperatedService } from './operated-service.ts';

describe('microservice-runtime inbox', () => {
  let service: OperatedService;
  before(async () => (service = await createOperatedService()));
  beforeEach(() => service.database.raw('truncate event_inbox'));
  after(() => service.remove());

  const inbox = (...args: string[]) => service.run(['inbox', ...args]);
  const idsOf = async (...args: string[]): Promise<string[]> =>
    (await service.json<{ events: { id: string }[] }>(['inbox', ...args])).events.map(({ id }) => id);
  const remembered = (): Promise<string[]> =>
    service.database('event_inbox').orderBy('event_id').pluck('event_id');
  const handled = (event_id: string, { source = 'note-service', consumer_group = group, hours = 0 } = {}) =>
    service.database('event_inbox').insert({
      ...{ event_id, source, consumer_group, topic: 'note.events' },
      received_at: new Date(Date.now() - hours * 3_600_000),
    });

  it('lists handled events, the last one first', async () => {
    await handled('1', { hours: 3 });
    await handled('2', { hours: 2 });
    const { stdout } = await inbox('list');
    const [title, first, second] = stdout.split('\n').map((line) => line.split(/ {2,}/));
    assert.deepEqual(title, ['GROUP', 'TOPIC', 'SOURCE', 'ID', 'HANDLED', 'AGE']);
    assert.deepEqual(first?.slice(0, 4), [group, 'note.events', 'note-service', '2']);
    assert.deepEqual(second?.slice(3, 6)[2], '3h');
    assert.match((await inbox('list', '--limit', '1')).stdout, /\nand 1 more; --limit/);
    assert.match(
      (await inbox('show', '--id', '1')).stdout,
      /^1 of note-service\n(.*\n)+ {2}handled {2}\d{4}-.*, 3h ago\n$/,
    );
  });

  it('lists only events that match all filters', async () => {
    await handled('1', { hours: 3 });
    await handled('2');
    await handled('3', { source: 'other', hours: 3 });
    await handled('4', { consumer_group: 'other' });
    assert.deepEqual(await idsOf('list', '--older-than', '2h', '--source', 'note-service'), ['1']);
    assert.deepEqual(await idsOf('list', '--source', 'other'), ['3']);
    assert.deepEqual(await idsOf('list', '--group', 'other', '--all'), ['4']);
    assert.deepEqual(await idsOf('list', '--id', '2', '--topic', 'note.events'), ['2']);
    assert.deepEqual(await idsOf('list', '--topic', 'other.events'), []);
  });

  it('drop lists the records that it would delete, and changes nothing', async () => {
    await handled('1');
    const { code, stdout } = await inbox('drop', '--id', '1');
    assert.equal(code, 0);
    assert.match(stdout, /would be forgotten, and handled again if Kafka delivers them again\.\n/);
    assert.deepEqual(await remembered(), ['1']);
  });

  it('drop --yes deletes the records, and warns that the events can be handled again', async () => {
    for (const id of ['1', '2', '3']) await handled(id);
    const { stdout } = await inbox('drop', '--id', '1', '--yes');
    assert.equal(stdout, '1 event forgotten, and handled again if Kafka delivers them again\n');
    assert.deepEqual(await remembered(), ['2', '3']);
    assert.deepEqual(await idsOf('drop', '--all', '--yes', '--limit', '1'), ['3']);
    assert.deepEqual(await remembered(), ['2']);
  });

  it('redrive is refused, with the command to use instead', async () => {
    const { code, stderr } = await inbox('redrive', '--all');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /replay TOPIC --from TIME --forget to handle .*: npx microservice-runtime parked list, and dead-letters list\n$/,
    );
    assert.equal((await inbox('drop', '--yes')).code, 2);
  });
});
