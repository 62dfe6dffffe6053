import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { createLogger } from 'microservice-runtime';
import { connectionError } from '../../../src/runtime/database/connection-error.ts';
import type { Display, Output } from '../../../src/devkit/dev/output/output.ts';
import { createTerminalDisplay } from '../../../src/devkit/dev/output/terminal-display.ts';
import { waitFor } from '../../../src/devkit/testing.ts';

describe('the output of dev in a terminal', () => {
  const write = process.stdout.write.bind(process.stdout);
  const { columns } = process.stdout;
  const { NO_COLOR } = process.env;
  let printed = '';

  /** A test that reads the printed text in a terminal of 80 columns; the reporter prints after it. */
  const test = (title: string, work: () => Promise<void>) =>
    it(title, async () => {
      printed = '';
      process.env['NO_COLOR'] = '1';
      process.stdout.columns = 80;
      process.stdout.write = (text) => {
        printed += String(text);
        return true;
      };
      try {
        await work();
      } finally {
        process.stdout.write = write;
        process.stdout.columns = columns;
        if (NO_COLOR === undefined) delete process.env['NO_COLOR'];
        else process.env['NO_COLOR'] = NO_COLOR;
      }
    });

  /** The printed lines, with the same time in each. */
  const lines = () =>
    printed
      .replaceAll(/^\d\d:\d\d:\d\d/gm, '10:00:00')
      .trimEnd()
      .split('\n');

  /** The printed texts without time and name, each on one line. */
  const words = () =>
    lines()
      .join(' ')
      .split(/ ?10:00:00 +user-service +/)
      .slice(1)
      .map((text) => text.replaceAll(/ +/g, ' '));

  const display = (): Display =>
    createTerminalDisplay({
      services: ['user-service', 'notification-service'].map((name) => ({ name, root: `/shop/${name}` })),
      isOwnFolder: false,
      hasTable: true,
    });

  /** Hands the texts to the output as one stream, and resolves when all are shown. */
  const pass = async (output: Output, name: 'stdout' | 'stderr', ...texts: string[]) => {
    const stream = new PassThrough();
    output.pass?.(stream, name);
    stream.end(texts.join('\n'));
    await waitFor(() => stream.readableEnded);
  };
  const log = (fields: object) => JSON.stringify({ level: 'info', time: 'x', service: 's', ...fields });

  const stack = (...frames: string[]) =>
    ['Error: no stock', ...frames.map((each) => `    at ${each}`)].join('\n');
  const err = { type: 'Error', message: 'no stock', stack: stack('f (/shop/user-service/src/a.ts:1:2)') };

  test('has one readable line for each line of the log, and none for the start of a part', async () => {
    const user = display().of('user-service');
    await pass(
      user,
      'stdout',
      log({ part: 'database', msg: 'database started' }),
      log({
        method: 'POST',
        path: '/v1/users',
        status: 201,
        duration_ms: 12,
        request_id: 'r',
        msg: 'request',
      }),
      log({
        level: 'warn',
        topic: 'user.events',
        msg: 'Kafka does not accept events of this topic, which is longer than a row',
      }),
      'a line of console.log',
    );
    assert.deepEqual(lines(), [
      '10:00:00  user-service          POST /v1/users 201 12 ms',
      '10:00:00  user-service          warn Kafka does not accept events of this topic,',
      '                                which is longer than a row topic=user.events',
      '10:00:00  user-service          a line of console.log',
    ]);
  });

  test('shows the words of an error once when the line of the log contains them', async () => {
    const user = display().of('user-service');
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const down = connectionError(cause, 'postgres://app:secret@localhost:1/users', { isRunning: true });
    const lost = (error: Error) => {
      const line = new PassThrough();
      const logger = createLogger({ serviceName: 's', logLevel: 'info' }, line);
      logger.warn({ err: error }, `no session: ${down.message}; again`);
      return String(line.read()).trim();
    };
    await pass(
      user,
      'stdout',
      lost(down),
      lost(new Error(down.message, { cause: new Error('two\n  lines') })),
      lost(new Error('another one', { cause: down })),
    );
    const said =
      'no session: Cannot connect to PostgreSQL at postgres://app@localhost:1/users: refused; start PostgreSQL there, or correct DATABASE_URL; again';
    assert.deepEqual(
      words(),
      [said, `${said}: two lines`, `${said}: another one`].map((text) => `warn ${text}`),
    );
  });

  test('prints the lines that docs/development.md shows', async () => {
    process.stdout.columns = 140;
    const user = display().of('user-service');
    const message = 'users.archiv is not a function';
    const place = 'file:///shop/user-service/src/routers/user-router.ts:86:37';
    await pass(
      user,
      'stdout',
      log({ method: 'POST', path: '/v1/users', status: 201, duration_ms: 12, msg: 'request' }),
      log({
        level: 'error',
        err: { type: 'TypeError', message, stack: `TypeError: ${message}\n    at ${place}` },
        method: 'POST',
        path: '/v1/users/…/archive',
        msg: 'request failed',
      }),
    );
    user.changed('src/routers/user-router.ts');
    user.answers('http://localhost:8001');
    const page = await readFile(path.resolve(import.meta.dirname, '../../../docs/development.md'), 'utf8');
    const sample = page
      .split('\n')
      .filter((line) => /^ {4}(\d\d:\d\d:\d\d {2}| {20,}src\/)/.test(line))
      .map((line) => line.slice(4))
      .join('\n')
      .replaceAll(/^\d\d:\d\d:\d\d/gm, '10:00:00');
    assert.equal(
      lines()
        .join('\n')
        .replace(/in \d\.\d s/, 'in 0.9 s'),
      sample,
    );
  });

  test('shows an error once, with its places in the source, also if the next run has it too', async () => {
    const user = display().of('user-service');
    const failing = log({ level: 'fatal', err, msg: 'the process failed' });
    await pass(user, 'stdout', log({ level: 'error', err, msg: 'the request failed' }));
    await pass(user, 'stdout', log({ level: 'error', err, msg: 'the request failed' }));
    for (const pause of [1_000, 2_000, 4_000]) {
      await pass(user, 'stdout', failing);
      await pass(user, 'stderr', err.stack);
      user.ended(1, pause);
    }
    assert.deepEqual(lines(), [
      '10:00:00  user-service          error the request failed: no stock',
      '                                src/a.ts:1:2 in f',
      '10:00:00  user-service          error the request failed: no stock',
      '10:00:00  user-service          Ended with 1; starts again in 1 s, or when a',
      '                                file changes',
      '10:00:00  user-service          Ended in the same way; dev keeps trying, and',
      '                                starts at once when a file changes',
    ]);
    printed = '';
    user.changed('src/a.ts');
    await pass(user, 'stderr', err.stack);
    assert.deepEqual(lines(), [
      '10:00:00  user-service          error Error: no stock',
      '                                src/a.ts:1:2 in f',
    ]);
  });

  test('has one line for a restart, and reports a service that answers after it ended', async () => {
    const user = display().of('user-service');
    user.answers('http://localhost:8001');
    user.changed('src/routers/user-router.ts');
    user.answers('http://localhost:8001');
    user.ended(1, 1_000);
    user.answers('http://localhost:8001');
    assert.match(
      printed,
      /^\S+ +user-service +Restarted in 0\.\d s: src\/routers\/user-router\.ts\n +changed\n\S+ +user-service +Ended with 1[^]*Answers at http:\/\/localhost:8001\n$/,
    );
  });

  test('has a table with the columns that fit, the owner of the broker, and a summary', async () => {
    const rows = [
      {
        name: 'user-service',
        url: 'http://localhost:8001',
        problem: 'ended' as const,
        database: 'postgres://user@localhost:5432/user_db (embedded, .microservice/postgres)',
      },
      {
        name: 'notification-service',
        url: 'http://localhost:8002',
        database: 'postgres://n@localhost:5433/n_db (already running)',
      },
    ];
    const shown = display();
    shown.table(rows, 'localhost:9092 (embedded, shared with process 12 in /other)');
    assert.deepEqual(lines(), [
      '',
      '  service               address                PostgreSQL',
      '  user-service          (ended)                localhost:5432/user_db',
      '  notification-service  http://localhost:8002  localhost:5433/n_db',
      '',
      '  Kafka localhost:9092, embedded, shared with process 12 in /other',
      '  The documentation of a service is at /docs. Ctrl-C stops everything.',
    ]);
    printed = '';
    process.stdout.columns = 140;
    shown.table(rows, 'localhost:9092 (embedded)');
    assert.match(
      printed,
      /service +address +PostgreSQL +server +documentation\n.*\(ended\) .*embedded\n.*\/docs\n\n {2}Kafka .*\n {2}Ctrl-C stops everything\.\n\n$/,
    );
    const user = shown.of('user-service');
    await pass(
      user,
      'stdout',
      log({ level: 'error', err, msg: 'x' }),
      log({ method: 'GET', status: 200, msg: 'request' }),
    );
    user.changed('src/a.ts');
    printed = '';
    shown.end();
    assert.match(
      lines()[0] ?? '',
      /^10:00:00  dev +Stopped after \d s: 1 request, 1 error, 1 restart\. The data is kept\.$/,
    );
  });
});
