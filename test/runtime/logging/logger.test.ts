import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { toUSVString } from 'node:util';
import fc from 'fast-check';
import {
  childTraceparent,
  createLogger,
  newTraceparent,
  parseTraceparent,
  runInContext,
} from 'microservice-runtime';
import { accessLog } from '../../../src/runtime/logging/access-log.ts';
import { textSecretRemover } from '../../../src/runtime/logging/text-secrets.ts';

const linesOf = (
  write: (logger: ReturnType<typeof createLogger>) => void,
  logLevel = 'info',
  secretFields?: string[],
) => {
  const stream = new PassThrough({ highWaterMark: 64 * 1024 * 1024 });
  write(
    createLogger({ serviceName: 'user-service', logLevel, ...(secretFields && { secretFields }) }, stream),
  );
  const text = String(stream.read() ?? '');
  return text.split('\n').filter(Boolean);
};
const logged = (...what: Parameters<typeof linesOf>) =>
  linesOf(...what).map((line) => JSON.parse(line) as Record<string, unknown>);

/** DEL, C1 controls, line separators of Unicode, and marks that turn or hide text. */
const obeyed = Array.from('\u007f\u0080\u0085\u009b\u009d\u2028\u2029\u200b\u202e\u2066\u{e0041}\ufeff');

describe('createLogger', () => {
  it('writes JSON with the ids of the current context', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const context = { requestId: 'r', correlationId: 'c', causationId: 'e', traceparent };
    const [line] = logged((logger) => runInContext(context, () => logger.info({ user: 7 }, 'hello')));
    const { time, ...rest } = line ?? {};
    assert.ok(!Number.isNaN(Date.parse(String(time))));
    assert.deepEqual(rest, {
      level: 'info',
      service: 'user-service',
      request_id: 'r',
      correlation_id: 'c',
      causation_id: 'e',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      span_id: '00f067aa0ba902b7',
      user: 7,
      msg: 'hello',
    });
  });

  it('does not repeat a cause that the message of its error contains', () => {
    const refused = new Error('connect ECONNREFUSED');
    const known = new Error('no session: connect ECONNREFUSED; start PostgreSQL', { cause: refused });
    const told = (err: Error) => Object(logged((logger) => logger.warn({ err }, 'x'))[0]?.['err']).message;
    assert.equal(told(known), known.message);
    assert.equal(told(new Error('stopped', { cause: known })), `stopped: ${known.message}`);
    assert.equal(told(new Error('stopped', { cause: new AggregateError([refused]) })), 'stopped');
  });

  it('never writes a password, a cookie or an authorization header', () => {
    const secrets = {
      password: 'hunter2',
      headers: { authorization: 'hunter2', cookie: 'hunter2', 'set-cookie': 'hunter2' },
    };
    const lines = logged((logger) => logger.info({ ...secrets, body: secrets, request: secrets }, 'hello'));
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
  });

  it('never writes a secret field of the service, in any spelling and at any depth', () => {
    const body = { pin: 'hunter2', recoveryCode: 'hunter2', id: 1 };
    const row = {
      recovery_code: 'hunter2',
      'recovery-code': 'hunter2',
      access_token: 'hunter2',
      apiKey: 'hunter2',
    };
    const lines = logged(
      (logger) => logger.info({ body, users: [body, [row]], a: { b: { c: { d: [{ e: row }] } } } }, 'hello'),
      'info',
      ['pin', 'recoveryCode'],
    );
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
    assert.match(JSON.stringify(lines), /"id":1/);
  });

  it('never writes the values of a row that PostgreSQL refused', () => {
    const refused = (detail: string) =>
      Object.assign(new Error('null value in column "name"'), { code: '23502', severity: 'ERROR', detail });
    const details = [
      'Failing row contains (1, hunter2, null, a)b).',
      'Key (recovery_code)=(hunter2) already exists.',
      'Key (email, lower(pin))=(a@b.c, hunter2) conflicts with existing key (email, lower(pin))=(a@b.c, hunter2).',
    ];
    const lines = logged((logger) => {
      for (const detail of details) logger.error({ err: refused(detail) }, 'request failed');
    });
    const nested = new AggregateError(details.map(refused), 'several');
    const wrapped = Object.assign(new Error('wrapped'), { inner: refused(details[0] ?? ''), first: nested });
    assert.doesNotMatch(JSON.stringify(logged((logger) => logger.error(wrapped))), /hunter2/);
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
    assert.deepEqual(
      lines.map(({ err }) => (err as { detail: string }).detail),
      [
        'Failing row contains ([Redacted]).',
        'Key (recovery_code)=([Redacted]) already exists.',
        'Key (email, lower(pin))=([Redacted]) conflicts with existing key (email, lower(pin))=([Redacted]).',
      ],
    );
  });

  it('drops row values that PostgreSQL and Knex quote, wherever the error is', () => {
    const quoting = () =>
      Object.assign(new Error('new row violates a rule'), {
        code: 'P0001',
        severity: 'ERROR',
        detail: 'the mail hunter2 is taken',
        where: 'COPY users, line 1: "hunter2"',
        internalQuery: "select 'hunter2'",
        bindings: ['hunter2'],
        parameters: ['hunter2'],
        routine: 'exec_stmt_raise',
      });
    const lines = logged((logger) => {
      logger.error(quoting());
      logger.error({ error: quoting(), failures: [quoting()], inner: { reason: quoting() } }, 'failed');
      logger.error(new Error('outer', { cause: quoting() }));
      logger.error(new AggregateError([quoting()], 'several'));
      logger.error({ copied: Object.fromEntries(Object.entries(quoting())) }, 'failed');
      logger.error('failed: %o', quoting());
      logger.child({ failure: quoting() }).error('failed');
    });
    assert.equal(lines.length, 7);
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
    assert.match(JSON.stringify(lines[1]), /exec_stmt_raise.*exec_stmt_raise.*exec_stmt_raise/);
  });

  it('keeps the detail of a deadlock, which names processes only', () => {
    const detail = 'Process 7 waits for ShareLock on transaction 8; blocked by process 9.';
    const deadlock = Object.assign(new Error('deadlock detected'), {
      code: '40P01',
      severity: 'ERROR',
      detail,
    });
    const [line] = logged((logger) => logger.error(deadlock));
    assert.deepEqual({ ...(line?.['err'] as object), detail }, line?.['err']);
  });

  it('hides fields by the words of their names', () => {
    const secret = [
      ...['password', 'newPassword', 'passwordHash', 'password_2', 'PASSWORD', 'userpassword', 'dbPwd'],
      ...[
        'accessToken',
        'access_token',
        'accesstoken',
        'csrf-token',
        'tokens',
        'apiKey',
        'X-API-Key',
        'apikey',
      ],
      ...[
        'authorization',
        'Proxy-Authorization',
        'authorizationHeader',
        'cookie',
        'Set-Cookie',
        'sessionCookie',
      ],
      ...[
        'clientSecret',
        'KAFKA_SASL_PASSWORD',
        'awsSecretAccessKey',
        'privateKey',
        'credentials',
        'pin',
        'jwt',
      ],
    ];
    const harmless = [
      ...['tokenCount', 'token_type', 'passwordChangedAt', 'passwordLength', 'cookieName', 'tokenExpiresIn'],
      ...[
        'keyboard',
        'key',
        'partitionKey',
        'publicKey',
        'shipping',
        'secretary',
        'accessKeyId',
        'compass',
        'author',
      ],
    ];
    const values = (names: string[]) => Object.fromEntries(names.map((name) => [name, 'hunter2']));
    const [line] = logged((logger) => logger.info({ ...values(secret), ...values(harmless) }, 'hello'));
    assert.deepEqual(
      secret.filter((name) => line?.[name] !== '[Redacted]'),
      [],
    );
    assert.deepEqual(
      harmless.filter((name) => line?.[name] !== 'hunter2'),
      [],
    );
  });

  it('shows whether there is a secret, and how many', () => {
    const fields = { hasPassword: true, token: null, promptTokens: 12 };
    const [line] = logged((logger) => logger.info(fields, 'hello'));
    assert.deepEqual({ ...line, ...fields }, line);
    assert.equal(logged((logger) => logger.info({ otp: 123_456 }))[0]?.['otp'], '[Redacted]');
  });

  it('hides them in arrays, class instances, errors, causes and child bindings', () => {
    class Account {
      id = 7;
      apiKey = 'hunter2';
    }
    class Sealed {
      toJSON = () => ({ id: 7, token: 'hunter2' });
    }
    const failure = Object.assign(new Error('refused'), {
      config: { headers: { Authorization: 'hunter2' } },
    });
    const several = new AggregateError([failure], 'several');
    const lines = logged((logger) => {
      logger.info({ accounts: [[new Account()], new Sealed()] }, 'hello');
      logger.info({ failure, error: several, causes: [failure, { cause: failure }] }, 'hello');
      logger.info({ rawHeaders: ['Host', 'a', 'Authorization', 'hunter2'], pair: ['cookie', 'hunter2'] });
      logger.child({ apiKey: 'hunter2', failure }).info('hello');
      logger.info('hello %j', { password: 'hunter2' });
    });
    assert.equal(lines.length, 5);
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
    assert.match(JSON.stringify(lines[0]), /"id":7.*"id":7/);
    assert.match(
      JSON.stringify(lines[1]),
      /"failure":\{"type":"Error","message":"refused","stack":"Error: refused/,
    );
    assert.match(JSON.stringify(lines[2]), /"Host","a"/);
  });

  it('hides passwords and tokens of addresses in any text', () => {
    const shown = [
      'http://localhost:8001/a@b',
      'https://example.com/a:b@c?size=3&token_type=bearer',
      'http://[::1]:9092/x@y',
      'mailto:a@b.c',
    ];
    const hidden = [
      'postgres://user:hunter2@db:5432/shop?mail=a@b',
      'redis://:hunter2@cache',
      'amqp://u:hunter2@h1,amqp://u:hunter2@h2',
      'http://localhost:80/?next=postgres://u:hunter2@h',
      'postgres://u:hunt/hunter2@h/db',
      'postgres://u:hunt@hunter2@h/db',
      'https://example.com/?size=3&access_token=hunter2&api_key=hunter2#x',
      new URL('https://u:hunter2@example.com/'),
    ];
    const lines = logged((logger) => {
      for (const url of [...shown, ...hidden]) {
        logger.info(
          { url, list: [url], err: new Error(`cannot reach ${String(url)}`) },
          `asking ${String(url)} now`,
        );
        logger.child({ url }).warn('%s is away', url);
      }
    });
    assert.equal(lines.length, 24);
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
    for (const url of shown)
      assert.ok(
        lines.some(({ msg }) => msg === `asking ${url} now`),
        url,
      );
    assert.equal(lines[8]?.['url'], 'postgres://user:[Redacted]@db:5432/shop?mail=a@b');
  });

  it('writes a line for any value, in bounded time', () => {
    const wide: unknown[] = [];
    for (let index = 0; index < 30; index += 1) wide.push(wide, { wide });
    const throwing = Object.defineProperty({}, 'name', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const circular = new Error('circular');
    circular.cause = circular;
    const values = [wide, throwing, Object.freeze(new Error('frozen')), circular, 7n, Object.create(null)];
    const lines = logged((logger) => {
      for (const value of values) logger.info({ value, list: [value] }, 'hello');
      logger.info({ text: 'x://a:'.repeat(100_000) }, 'long');
    });
    assert.equal(lines.length, 7);
    for (const { msg } of lines.slice(0, 6)) assert.equal(msg, 'hello');
  });

  it('writes no terminal control characters, and keeps the values', () => {
    const text = fc
      .array(
        fc.oneof(
          fc.constantFrom(...obeyed, '\\', '"', '\n', '\u001b'),
          fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)),
        ),
      )
      .map((parts) => toUSVString(parts.join('')));
    const context = { requestId: 'r', correlationId: 'c', traceparent: newTraceparent() };
    const access = { level: 'info', context, method: 'GET', route: '/', status: 200, duration: 1 } as const;
    fc.assert(
      fc.property(text, (each) => {
        const lines = linesOf((logger) => {
          logger.info({ key: each, [`_${each}`]: [each], err: new Error(each) }, `said ${each}`);
          logger.child({ key: each }).info('child');
          accessLog(logger)({ ...access, path: each, isAborted: false });
        });
        for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        const [first, child, request] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
        assert.deepEqual(
          [first?.['key'], first?.[`_${each}`], first?.['msg']],
          [each, [each], `said ${each}`],
        );
        assert.equal((first?.['err'] as Error | undefined)?.message, each);
        assert.deepEqual([child?.['key'], request?.['path']], [each, each]);
      }),
      { numRuns: 30, examples: [[obeyed.join('')], ['a\u009b31mb']] },
    );
  });

  it('removes secrets from the line of a request, and writes every other path and id unchanged', () => {
    const ids = { requestId: 'r', correlationId: 'c', traceparent: newTraceparent() };
    const access = { level: 'info', method: 'GET', route: '/a/:b', status: 200, duration: 1 } as const;
    const lineOf = (path: string, context = ids) =>
      linesOf((logger) => accessLog(logger)({ ...access, context, path, isAborted: false })).join('');
    const secrets = [
      '/a/token=hunter2',
      '/a;token=hunter2',
      '/a/token%3Dhunter2',
      '/a/token%253Dhunter2',
      '/proxy/postgres://user:hunter2@host/db',
      '/a/eyJhunter2hunter2.hunter2.hunter2',
      '/a/Bearer hunter2hunter2hunter2',
      '/a/authorization: hunter2',
      '/a/{"password":"hunter2"}',
      "/a/{ password: 'hunter2' }",
    ];
    for (const path of secrets) assert.doesNotMatch(lineOf(path), /hunter2/, path);
    for (const id of ['token=hunter2', 'x://user:hunter2@host']) {
      assert.doesNotMatch(lineOf('/a', { ...ids, requestId: id }), /hunter2/);
      assert.doesNotMatch(lineOf('/a', { ...ids, correlationId: id }), /hunter2/);
    }
    const ascii = fc.stringMatching(/^\/[\w/:.=%;@'" -]{0,30}$/);
    const remover = textSecretRemover();
    fc.assert(
      fc.property(ascii, (path) => {
        const { path: written } = JSON.parse(lineOf(path)) as { path: string };
        assert.equal(JSON.stringify(written), remover(JSON.stringify(path)));
      }),
      { numRuns: 200, examples: [['/v1/users/5ee7a7a7-64b8-4e8b-9ea4-8d4b1c1c0e11']] },
    );
  });

  it('writes the time of a request as Date does, in every millisecond', () => {
    const context = { requestId: 'r', correlationId: 'c', traceparent: newTraceparent() };
    const access = { context, method: 'GET', path: '/', route: '/', status: 200, duration: 1 } as const;
    const from = new Date().toISOString();
    const lines = logged((logger) => {
      const log = accessLog(logger);
      for (let line = 0; line < 2_000; line += 1) log({ ...access, level: 'info', isAborted: false });
    });
    const times = lines.map(({ time }) => String(time));
    assert.deepEqual(times, times.toSorted());
    assert.ok(from <= String(times[0]) && String(times.at(-1)) <= new Date().toISOString());
    for (const time of times) assert.equal(new Date(time).toISOString(), time);
  });

  it('writes nothing below its level', () => {
    const lines = logged((logger) => {
      logger.info('no');
      logger.warn('yes');
    }, 'warn');
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['yes'],
    );
  });
});

describe('a traceparent', () => {
  it('begins a trace, and continues one with a span of its own', () => {
    const first = parseTraceparent(newTraceparent());
    const second = parseTraceparent(childTraceparent(`00-${first?.traceId}-${first?.spanId}-00`));
    assert.match(first?.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.equal(second?.traceId, first?.traceId);
    assert.notEqual(second?.spanId, first?.spanId);
    assert.equal(second?.flags, '00');
  });

  it('is refused if the specification forbids it', () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const span = '00f067aa0ba902b7';
    const wrong = [
      undefined,
      '',
      'x',
      `ff-${trace}-${span}-01`,
      `00-${'0'.repeat(32)}-${span}-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
      `00-${trace.toUpperCase()}-${span}-01`,
    ];
    for (const header of wrong) assert.equal(parseTraceparent(header), undefined, header);
    assert.ok(parseTraceparent(`01-${trace}-${span}-01-later`), 'a later version may say more');
  });
});
