import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { parseLogRecord } from '../../../src/devkit/dev/output/log-record.ts';
import { splitTraces, traceOf } from '../../../src/devkit/dev/output/trace.ts';
import { wrapped } from '../../../src/devkit/dev/output/wrap.ts';

const modules = path.resolve(import.meta.dirname, '../../../node_modules');

describe('an error on standard error', function () {
  this.timeout(60_000);
  let root: string;

  before(async () => {
    root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'traces-')));
    await mkdir(path.join(root, 'src'));
    await symlink(modules, path.join(root, 'node_modules'));
    await writeFile(path.join(root, 'package.json'), '{"type":"module"}');
  });
  after(() => rm(root, { recursive: true }));

  /** What the program prints to standard error when it ends, by tsx as in a service. */
  const errorsOf = async (text: string): Promise<string> => {
    await writeFile(path.join(root, 'src', 'main.ts'), text);
    const options = { cwd: root, env: { PATH: process.env['PATH'] ?? '' } };
    return promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/main.ts'], options).then(
      ({ stderr }) => stderr,
      ({ stderr }: { stderr: string }) => stderr,
    );
  };

  const programs: [string, string, unknown][] = [
    [
      'a syntax error',
      'const a = 1;\nfunction f() {\n  return 1 +;\n}\n',
      [{ message: 'SyntaxError: Unexpected ";"', places: ['src/main.ts:3:12'] }],
    ],
    [
      'a bug in a function',
      'interface A { b?: { c: number } }\nconst a: A = {};\nfunction read() {\n  return a.b!.c;\n}\nread();\n',
      [
        {
          message: "TypeError: Cannot read properties of undefined (reading 'c')",
          places: ['src/main.ts:4:15 in read', 'src/main.ts:6:1'],
        },
      ],
    ],
    [
      'a missing export',
      `import { x } from './other.ts';\nx();\n`,
      [
        {
          message: `SyntaxError: The requested module './other.ts' does not provide an export named 'x'`,
          places: ['src/main.ts:1'],
        },
      ],
    ],
    [
      'lines before and after errors that do not end the program',
      `console.error('before');\nconsole.error(new Error('no', { cause: new RangeError('deep') }));\nconsole.error('after');\n`,
      ['before', { message: 'Error: no', places: ['src/main.ts:2:15', 'src/main.ts:2:40'] }, 'after'],
    ],
  ];

  before(() => writeFile(path.join(root, 'src', 'other.ts'), 'export const y = 1;\n'));
  for (const [title, text, parts] of programs)
    it(`of ${title} is one message with its places in the source`, async () => {
      assert.deepEqual(splitTraces((await errorsOf(text)).trimEnd(), root), parts);
    });

  it('of a missing package names the importing file', async () => {
    const [part] = splitTraces(await errorsOf(`import 'no-such-package';\n`), root);
    assert(typeof part === 'object');
    assert.match(part.message, /Cannot find package 'no-such-package' imported from src\/main\.ts$/);
  });

  it('is shown whole if it is not an error', () =>
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z :]{1,9}$/), { minLength: 1 }), (lines) => {
        assert.deepEqual(splitTraces(lines.join('\n'), root), lines);
      }),
    ));

  it('has the places of all of its causes', () => {
    const stack = `Error: a\n    at f (${root}/src/a.ts:1:2)\n    at g (${root}/node_modules/x/y.js:1:1)\ncaused by: Error: b\n    at async ${root}/src/b.ts:3:4`;
    assert.deepEqual(traceOf(stack, root), {
      message: 'Error: a',
      places: ['src/a.ts:1:2 in f', 'src/b.ts:3:4'],
    });
    assert.deepEqual(splitTraces(`${stack}\nmore`, root), [traceOf(stack, root), 'more']);
  });
});

describe('a line of the log', () => {
  const read = (fields: object) => parseLogRecord(JSON.stringify(fields));

  it('of a request is its method, path, status and duration', () => {
    const record = read({
      level: 'info',
      time: '2026-01-01T00:00:00.000Z',
      request_id: 'r1',
      method: 'POST',
      path: '/v1/users',
      route: '/v1/users',
      status: 201,
      duration_ms: 11.6,
      msg: 'request',
    });
    assert.deepEqual(record, {
      level: 'info',
      text: 'POST /v1/users 201 12 ms',
      isRequest: true,
      isRoutine: false,
    });
  });

  it('has its own fields, and no ids', () => {
    const record = read({ level: 40, time: 1, pid: 2, trace_id: 'x', topic: 'user.events', msg: 'late' });
    assert.deepEqual([record?.level, record?.text], ['warn', 'late topic=user.events']);
  });

  it('has the message of its error', () => {
    const err = {
      type: 'Error',
      message: 'no such table',
      stack: 'Error: no such table\n    at f (/x/a.ts:1:2)',
    };
    const record = read({ level: 'error', err, msg: 'the request failed' });
    assert.deepEqual([record?.text, record?.stack], ['the request failed: no such table', err.stack]);
  });

  it('about the start or the stop of a part is routine', () => {
    assert.equal(read({ level: 'info', part: 'database', msg: 'database started' })?.isRoutine, true);
    assert.equal(read({ level: 'info', msg: 'SIGTERM: stopping' })?.isRoutine, true);
    // the embedded broker has no retention by time, so nobody can follow its advice there
    const advice =
      'Kafka keeps user.events without a time limit, so the inbox forgets no events. Give the topic';
    assert.equal(read({ level: 'info', msg: advice })?.isRoutine, true);
    assert.equal(read({ level: 'error', part: 'database', msg: 'database did not stop' })?.isRoutine, false);
  });

  it('of another format is undefined', () => {
    for (const line of ['up', '{"a":1}', '{"level":"info"', '{"level":"loud","msg":"x"}'])
      assert.equal(parseLogRecord(line), undefined);
  });
});

describe('a wrapped text', () => {
  it('has all of its words, in lines that fit unless one word is longer', () =>
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
        fc.integer({ min: 1, max: 40 }),
        (words, width) => {
          const lines = wrapped(words.join(' '), width);
          assert.equal(lines.join(' '), words.join(' '));
          assert(lines.every((line) => line.length <= width || !line.includes(' ')));
        },
      ),
    ));
});
