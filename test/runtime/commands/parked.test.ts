import assert from 'node:assert/strict';
import { dropParked } from '../../../src/runtime/events/operations/change-parked.ts';
import { findParkedKeys } from '../../../src/runtime/events/operations/parked.ts';
import { createOperatedService, group, type OperatedService } from './operated-service.ts';

interface KeyDocument {
  direction: string;
  group: string | null;
  key: string;
  events: number;
  first: { id: string };
  outcome?: string;
  droppedCount?: number;
  dropped?: { id: string; headers: object; data: unknown; valueBase64: string }[];
  queue?: { id: string; data: unknown; valueBase64: string; partition: number; offset: number }[];
}

const topic = 'note.events';
const key = (name: string, more = {}) => ({ consumer_group: group, topic, key: name, ...more });
const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

describe('microservice-runtime parked', function () {
  this.timeout(60_000);
  let service: OperatedService;
  before(async () => (service = await createOperatedService()));
  beforeEach(() => service.database.raw('truncate event_parked, event_parked_keys'));
  after(() => service.remove());

  const parked = (...args: string[]) => service.run(['parked', ...args]);
  const documents = async (...args: string[]): Promise<KeyDocument[]> =>
    (await service.json<{ keys: KeyDocument[] }>(['parked', ...args])).keys;
  const keysOf = async (...args: string[]): Promise<string[]> =>
    (await documents(...args)).map((each) => each.key);
  const rows = (): Promise<{ key: string; state: string; attempts: number; next_try_at: Date }[]> =>
    service.database('event_parked_keys').orderBy('key').select();
  const waiting = (): Promise<string[]> => service.database('event_parked').orderBy('id').pluck('event_id');

  describe('list', () => {
    it('has one row for each key, with the failing event and the number of events behind it', async () => {
      const error = `\u001b[31mx is not\n  a \u009b\u202efunction`;
      await service.park(key('a', { error, parked_at: ago(3) }), [{}, {}]);
      await service.park(key('d', { state: 'dead' }));
      const { code, stdout } = await parked('list');
      assert.equal(code, 0);
      assert.deepEqual(
        stdout.split('\n').map((line) => line.split(/ {2,}/)),
        [
          ['GROUP', 'TOPIC', 'KEY', 'REASON', 'TRIES', 'NEXT', 'AGE', 'EVENTS', 'TYPE', 'ID', 'ERROR'],
          [
            group,
            topic,
            'a',
            'bug',
            '3',
            'in 59s',
            '3m',
            '2',
            'note.written',
            'a-0',
            '\\u001b[31mx is not a \\u009b\\u202efunction',
          ],
          [''],
        ].map((line) => line.map((cell) => (cell === 'in 59s' ? stdout.match(/in \d+s/)?.[0] : cell))),
      );
    });

    it('prints no control sequences of terminals, in any form of output', async () => {
      const hostile = 'a\u001b[2J\u009b1m\u007f\u202e\u2028\nkey forged of note.events';
      const event = { type: hostile, value: Buffer.from(JSON.stringify({ [hostile]: hostile })) };
      await service.park(key(hostile, { error: hostile }), [event]);
      for (const args of [['list'], ['show'], ['list', '--json'], ['show', '--json'], ['drop', '--all']]) {
        const { stdout } = await parked(...args);
        assert.match(stdout, /\\u001b\[2J\\u009b1m\\u007f\\u202e\\u2028/, args.join(' '));
        assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\u2028]/u, args.join(' '));
        assert.doesNotMatch(stdout, /^key forged/m, args.join(' '));
      }
      assert.deepEqual(await keysOf('list'), [hostile]);
      const { stderr } = await parked('list\u009b1m');
      assert.match(stderr, /list\\u009b1m/);
    });

    it('lists only keys that match all filters', async () => {
      await service.park(key('a'), [{}, { type: 'note.read' }]);
      await service.park(key('b', { parked_at: ago(20) }), [{ type: 'note.read' }]);
      await service.park({ ...key('c'), topic: 'other.events' });
      await service.park({ ...key('d'), consumer_group: 'other' });
      assert.deepEqual(await keysOf('list', '--key', 'a'), ['a']);
      assert.deepEqual(await keysOf('list', '--id', 'a-1'), ['a']);
      assert.deepEqual(await keysOf('list', '--type', 'note.read'), ['b', 'a']);
      assert.deepEqual(await keysOf('list', '--type', 'note.read', '--older-than', '10m'), ['b']);
      assert.deepEqual(await keysOf('list', '--topic', 'other.events'), ['c']);
      assert.deepEqual(await keysOf('list', '--group', 'other'), ['d']);
      assert.deepEqual(await keysOf('list', '--group', 'other', '--key', 'a'), []);
    });

    it('shortens the widest cells to the width of a terminal', async () => {
      await service.park(key('a'.repeat(60), { error: 'x'.repeat(200) }));
      const { stdout } = await service.run(['parked', 'list'], { COLUMNS: '120' });
      const [title, row] = stdout.split('\n');
      assert.ok(title && row && row.length <= 120 && row.length > 110, String(row?.length));
      assert.match(row, /^note-servic…  note.events  a+…  bug  .* x+…$/);
      assert.equal(title.indexOf('ERROR'), row.lastIndexOf('  ') + 2);
    });

    it('prints the number of keys that it does not show', async () => {
      for (const name of ['a', 'b', 'c']) await service.park(key(name));
      const { stdout } = await parked('list', '--limit', '2');
      assert.match(stdout, /\nand 1 more; --limit shows more of them\n$/);
      assert.doesNotMatch(stdout, /c-0/);
    });

    it('reports that no key is parked, or that none matches the flags', async () => {
      for (const command of [['list'], ['show', '--all'], ['redrive', '--all']])
        assert.equal((await parked(...command)).stdout, 'No event is parked.\n', command.join(' '));
      await service.park(key('a'));
      assert.equal((await parked('list', '--key', 'b')).stdout, 'No parked key matches these flags.\n');
    });
  });

  describe('show', () => {
    it('prints headers, error and value: JSON in lines, other bytes as base64', async () => {
      const headers = { ce_id: '1', odd: { base64: '/w==' }, twice: ['x', 'y'] };
      const values = ['{"text":"hello","rest":[1]}', '{"n":12345678901234567890}'];
      const events = [...values.map((text) => Buffer.from(text)), Buffer.from([0xff, 0x01]), null];
      await service.park(key('a'), [{ headers }, ...events.map((value) => ({ headers: {}, value }))]);
      const { stdout } = await parked('show');
      assert.match(stdout, /^key a of note.events \(note-service-consumer\): 5 events, parked \d+s ago\n/);
      assert.match(stdout, /\nparked, bug: x is not a function\n3 tries failed, next try in \d+s\n/);
      assert.match(stdout, /\nnote.written a-0 of test at note.events\/0@0\n/);
      assert.match(stdout, /\n {4}ce_id: 1\n {4}odd: base64:\/w==\n {4}twice: x, y\n/);
      assert.match(stdout, /\n {4}{\n {6}"text": "hello",\n/);
      assert.match(stdout, /\n {4}{"n":12345678901234567890}\n/, 'a number that a double cannot hold');
      assert.match(stdout, /\n {4}base64:\/wE=\n/);
      assert.match(stdout, /none \(a tombstone\)/);
    });

    it('gives programs the exact bytes', async () => {
      await service.park(key('a'), [{ value: Buffer.from('{"n":1}'), position: 7, partition: 2 }]);
      const [document] = await documents('show', '--all');
      const [event] = document?.queue ?? [];
      assert.deepEqual(event?.data, { n: 1 });
      assert.equal(Buffer.from(event?.valueBase64 ?? '', 'base64').toString(), '{"n":1}');
      assert.deepEqual([event?.partition, event?.offset], [2, 7]);
      assert.deepEqual([document?.direction, document?.group], ['inbox', group]);
    });
  });

  describe('redrive', () => {
    it('prints its effect, and changes nothing', async () => {
      await service.park(key('a'));
      const before = await rows();
      const { code, stdout } = await parked('redrive', '--key', 'a');
      assert.equal(code, 0);
      assert.match(
        stdout,
        /a-0.*\n\n1 key would be redriven\.\n\nNothing was changed\. Add --yes to make the change\.\n$/,
      );
      assert.deepEqual(await rows(), before);
    });

    it('with --yes has the keys retried at once, with all attempts again', async () => {
      for (const name of ['a', 'b', 'c']) await service.park(key(name));
      const { stdout } = await parked('redrive', '--id', 'b-0', '--yes');
      assert.match(stdout, /^redriven: key b of note.events \(note-service-consumer\)\n$/);
      const [a, b] = await rows();
      assert.equal(a?.attempts, 3);
      assert.equal(b?.attempts, 0);
      assert.ok(b && b.next_try_at.getTime() <= Date.now());
      assert.deepEqual(
        (await documents('redrive', '--all', '--yes')).map((each) => each.outcome),
        ['redriven', 'redriven', 'redriven'],
      );
    });

    it('requires a filter', async () => {
      const { code, stderr } = await parked('redrive', '--yes');
      assert.equal(code, 2);
      assert.match(
        stderr,
        /nothing is selected; add a selecting flag such as --id, or --all; see .*parked --help/,
      );
    });

    it('reports that an event only waits behind another one', async () => {
      await service.park(key('a'), [{}, {}]);
      const { code, stderr } = await parked('redrive', '--id', 'a-1', '--yes');
      assert.equal(code, 1);
      assert.match(stderr, /event a-1 waits behind a-0, the first event of key a of note.events/);
    });
  });

  describe('drop', () => {
    it('lists the events that it would delete, and changes nothing', async () => {
      await service.park(key('a'), [{}, {}]);
      const { code, stdout } = await parked('drop', '--key', 'a');
      assert.equal(code, 0);
      assert.match(stdout, /"text": "x"/);
      assert.match(stdout, /\n1 event, shown above, of 1 key would be dropped permanently\.\n/);
      assert.match(stdout, /Nothing was changed/);
      assert.deepEqual(await waiting(), ['a-0', 'a-1']);
    });

    it('with --yes deletes the first event, prints it, and has the next one retried', async () => {
      await service.park(key('a'), [{}, {}]);
      const { stdout } = await parked('drop', '--key', 'a', '--yes');
      assert.match(stdout, /^note.written a-0 of test at note.events\/0@0\n(.*\n)+ {6}"text": "x"\n/);
      assert.match(stdout, /\ndropped: 1 event of key a .*deleted permanently\n$/);
      assert.deepEqual(await waiting(), ['a-1']);
      const [row] = await rows();
      assert.deepEqual([row?.state, row?.attempts], ['parked', 0]);
      assert.ok(row && row.next_try_at.getTime() <= Date.now());
    });

    it('deletes the event that arrived first, whatever its id', async () => {
      await service.park(key('a'), [{ event_id: 'z' }, { event_id: 'y' }, { event_id: 'x' }]);
      assert.match((await parked('drop', '--id', 'z', '--yes')).stdout, /^note.written z of test/);
      const [document] = await documents('show');
      assert.deepEqual(
        document?.queue?.map(({ id }) => id),
        ['y', 'x'],
      );
    });

    it('prints the first 100 of many events, and all of them for programs', async () => {
      const many = Array.from({ length: 250 }, () => ({}));
      const ids = many.map((_, index) => `a-${index}`);
      await service.park(key('a'), many);
      const dropAll = ['drop', '--key', 'a', '--with-queue'];
      assert.match((await parked(...dropAll)).stdout, /To keep a copy of all, add --yes --json/);
      const { stdout } = await parked(...dropAll, '--yes');
      assert.deepEqual(
        [...stdout.matchAll(/^note\.written (\S+) of test/gm)].map(([, id]) => id),
        ids.slice(0, 100),
      );
      assert.match(
        stdout,
        /\ndropped: 250 events of key a .*, the first 100 shown above; deleted permanently\n$/,
      );
      assert.deepEqual([await rows(), await waiting()], [[], []]);
      await service.park(key('a'), many);
      const [document] = await documents(...dropAll, '--yes');
      assert.deepEqual([document?.outcome, document?.droppedCount], ['dropped', 250]);
      assert.deepEqual(
        document?.dropped?.map(({ id }) => id),
        ids,
      );
      assert.deepEqual([await rows(), await waiting()], [[], []]);
    });

    it('prints the first 8 MiB of values, and drops the others without reading them', async () => {
      const value = Buffer.alloc(3 * 1024 * 1024, '7');
      for (const name of ['a', 'b', 'c']) await service.park(key(name), [{ value }, { value }]);
      const { stdout } = await parked('drop', '--all', '--with-queue', '--yes');
      assert.ok(stdout.length < 10 * 1024 * 1024);
      assert.deepEqual(
        stdout.match(/^dropped: 2 events of key .*$/gm)?.map((line) => line.split(', ').at(-1)),
        ['shown above', 'the first 1 shown above', 'not shown'].map(
          (which) => `${which}; deleted permanently`,
        ),
      );
      assert.deepEqual(await rows(), []);
    });

    it('reads at most 4 MiB of values at a time', async () => {
      const value = Buffer.alloc(1024 * 1024, '7');
      await service.park(
        key('a'),
        Array.from({ length: 10 }, () => ({ value })),
      );
      const { keys } = await findParkedKeys(service.database, { state: 'parked', of: 'first' }, 1);
      const [of] = keys;
      assert.ok(of);
      const batches: number[] = [];
      const drop = { of, firstRow: of.firstRow, whole: true };
      await dropParked(service.database, drop, (events) => void batches.push(events.length));
      assert.deepEqual(batches, [4, 4, 2]);
    });

    it('frees a key without events', async () => {
      await service.park(key('a'));
      await service.park(key('b'), [{}, {}, {}]);
      const [document] = await documents('drop', '--key', 'b', '--with-queue', '--yes');
      assert.deepEqual(
        document?.dropped?.map(({ id }) => id),
        ['b-0', 'b-1', 'b-2'],
      );
      await parked('drop', '--id', 'a-0', '--yes');
      assert.deepEqual(await rows(), []);
      assert.deepEqual(await waiting(), []);
    });
  });

  it('refuses unknown subcommands, flags and values', async () => {
    const misuses: [string[], RegExp][] = [
      [[], /the subcommand is missing; use one of list, show, redrive, drop/],
      [['lits'], /unknown subcommand "lits"; use one of list, show/],
      [['list', '--yes'], /unknown flag --yes/],
      [['list', '--limit', '0'], /--limit is "0"; write a number of 1 or more/],
      [['list', '--older-than', '10'], /"10" is not an age; write 90s, 10m, 2h or 3d/],
      [['list', 'a'], /unexpected argument "a"/],
      [['list', '--topic', ''], /--topic is empty/],
    ];
    for (const [args, message] of misuses) {
      const { code, stderr } = await parked(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  });

  it('lists its flags', async () => {
    const { code, stdout } = await parked('--help');
    assert.equal(code, 0);
    for (const word of ['list', 'show', 'redrive', 'drop', '--older-than AGE', '--with-queue', '--yes'])
      assert.ok(stdout.includes(`    ${word} `), word);
  });

  it('reports in one line that the database lacks the table or does not answer', async () => {
    const DATABASE_URL = String(service.variables['DATABASE_URL']).replace(/\/test_\w+/, '/postgres');
    const without = await service.run(['parked', 'list'], { DATABASE_URL });
    assert.equal(without.code, 1);
    assert.match(
      without.stderr,
      /the database lacks a table or column that this command needs: relation "event_parked_keys" does not exist; run npx knex migrate:latest\n$/,
    );
    const silent = await service.run(['parked', 'list'], {
      DATABASE_URL: 'postgres://app:secret@localhost:1/x',
    });
    assert.equal(silent.code, 1);
    assert.match(silent.stderr, /^microservice-runtime: Cannot connect to PostgreSQL at .*\n$/);
    assert.doesNotMatch(silent.stderr, /secret/);
  });
});
