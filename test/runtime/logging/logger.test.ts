import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import {
  childTraceparent,
  createLogger,
  newTraceparent,
  parseTraceparent,
  runInContext,
} from 'microservice-runtime';

const logged = (
  write: (logger: ReturnType<typeof createLogger>) => void,
  logLevel = 'info',
  secretFields?: string[],
) => {
  const stream = new PassThrough();
  write(
    createLogger({ serviceName: 'user-service', logLevel, ...(secretFields && { secretFields }) }, stream),
  );
  const text = String(stream.read() ?? '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

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

  it('never writes a password, a cookie or an authorization header', () => {
    const secrets = {
      password: 'hunter2',
      headers: { authorization: 'hunter2', cookie: 'hunter2', 'set-cookie': 'hunter2' },
    };
    const lines = logged((logger) => logger.info({ ...secrets, body: secrets, request: secrets }, 'hello'));
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
  });

  it('never writes a secret field of the service, in whatever way it is spelled and however deep it lies', () => {
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

  it('keeps to its level', () => {
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

  it('is refused where the specification says so', () => {
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
