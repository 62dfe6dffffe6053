import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createLogger, type Logger } from 'microservice-runtime';

/** The lines that `write` logs, as text. */
function logged(write: (logger: Logger) => void, secretFields: string[] = []): string {
  const stream = new PassThrough({ highWaterMark: 64 * 1024 * 1024 });
  write(createLogger({ serviceName: 'user-service', logLevel: 'info', secretFields }, stream));
  return String(stream.read() ?? '');
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Logs each text in every place of a line, and gives each message as it was written. */
function asMessages(texts: readonly string[]): unknown[] {
  const written = logged((logger) => {
    for (const text of texts) {
      logger.info(text);
      logger.child({ text }).info({ texts: [text], err: new Error(text) }, 'it was %s', text);
      logger.info({ quoted: JSON.stringify({ text }) }, `first line\n${text}`);
    }
  });
  assert.doesNotMatch(written, /hunter2/);
  return linesOf(written).flatMap(({ msg }, index) => (index % 3 === 0 ? [msg] : []));
}

describe('a log line', () => {
  it('shows no value of a parameter whose name says that it is secret', () => {
    const hidden: Record<string, string> = {
      '/callback?access_token=hunter2&state=7': '/callback?access_token=[Redacted]&state=7',
      '/callback#id_token=hunter2': '/callback#id_token=[Redacted]',
      '?a[token]=hunter2&page=2': '?a[token]=[Redacted]&page=2',
      'a%5Btoken%5D=hunter2': 'a%5Btoken%5D=[Redacted]',
      '/x?access%5Ftoken=hunter2': '/x?access%5Ftoken=[Redacted]',
      '/x?access%255Ftoken=hunter2': '/x?access%255Ftoken=[Redacted]',
      '/login?next=/callback?access_token=hunter2': '/login?next=/callback?access_token=[Redacted]',
      '/login?next=%2Fcallback%3Faccess_token%3Dhunter2%26page%3D2':
        '/login?next=%2Fcallback%3Faccess_token%3D[Redacted]%26page%3D2',
      'https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=hunter2':
        'https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=[Redacted]',
      'https://storage.googleapis.com/b/k?X-Goog-Signature=hunter2':
        'https://storage.googleapis.com/b/k?X-Goog-Signature=[Redacted]',
      'https://a.blob.core.windows.net/c/b?sv=2022-11-02&sig=hunter2&sp=r':
        'https://a.blob.core.windows.net/c/b?sv=2022-11-02&sig=[Redacted]&sp=r',
      'grant_type=password&password=hunter2': 'grant_type=password&password=[Redacted]',
      'host=db password=hunter2 user=app': 'host=db password=[Redacted] user=app',
      "host=db password='hunter2 hunter2' user=app": 'host=db password=[Redacted] user=app',
      'run --api-key="hunter2 hunter2" now': 'run --api-key=[Redacted] now',
      'password=hunt\\hunter2': 'password=[Redacted]',
    };
    assert.deepEqual(asMessages(Object.keys(hidden)), Object.values(hidden));
  });

  it('shows no parameter with the name of a secret field of the service', () => {
    const text = logged((logger) => logger.info('/x?recovery_code=hunter2&page=2'), ['recoveryCode']);
    assert.match(text, /recovery_code=\[Redacted\]&page=2/);
  });

  it('shows no user information of an address that may be a secret', () => {
    const hidden: Record<string, string> = {
      'https://hunter2@example.com/x': 'https://[Redacted]@example.com/x',
      'git+https://hunter2:x-oauth-basic@example.com/x.git': 'git+https://[Redacted]@example.com/x.git',
      'wss://hunter2@example.com': 'wss://[Redacted]@example.com',
      'postgres://user:1234/hunter2@host/db': 'postgres://user:[Redacted]@host/db',
      'postgres://user:1234/hun?hunter2@host/db': 'postgres://user:[Redacted]@host/db',
      'redis://:1234#hunter2@host': 'redis://:[Redacted]@host',
    };
    assert.deepEqual(asMessages(Object.keys(hidden)), Object.values(hidden));
  });

  it('shows every other parameter and address as it is', () => {
    const kept = [
      '/users?page=2&sort=-createdAt&tokens=12&token_type=bearer',
      '/search?q=token&signal=SIGTERM&design=new&monkey=1&passwordless=yes&X-Amz-SignedHeaders=host',
      'has_password=true token=null maxTokens=100',
      'a == b, x=, =y, 1+1=2, YWJj==',
      'postgres://app@db:5432/shop?mail=a@b',
      'postgres://db:5432?user=a@b',
      'ssh://git@example.com/x.git',
      'http://localhost:8001/a@b',
      'https://example.com?mail=a@b',
      '%3D %zz=1 100%=x',
    ];
    assert.deepEqual(asMessages(kept), kept);
  });

  it('shows no credential with a recognizable format', () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.hunter2_hunter2';
    const hidden: Record<string, string> = {
      'Authorization: Basic hunter2': 'Authorization: [Redacted]',
      'sent proxy-authorization: Bearer hunter2, then left': 'sent proxy-authorization: [Redacted]',
      'Set-Cookie: session=hunter2; Path=/': 'Set-Cookie: [Redacted]',
      'X-Api-Key: hunter2': 'X-Api-Key: [Redacted]',
      'with Bearer hunter2hunter2hunter2 it failed': 'with Bearer [Redacted] it failed',
      [`the token ${jwt} has ended`]: 'the token [Redacted] has ended',
      'body {"user":"a","password":"hunter2","pin": 1234}':
        'body {"user":"a","password":[Redacted],"pin": [Redacted]}',
      "{ user: 'a', accessToken: 'hunter2' }": "{ user: 'a', accessToken: [Redacted] }",
    };
    assert.deepEqual(asMessages(Object.keys(hidden)), Object.values(hidden));
    const kept = [
      'Unexpected token: x in JSON',
      'password: must have 8 characters',
      'Basic authentication failed, and Bearer authentication, too',
      'authorization is missing, cookies: none',
      'body {"user":"a","tokens":12,"hasPassword":true,"token":null}',
      "{ user: 'a', key: 'b' }",
      'eyJ is how a JWT begins',
    ];
    assert.deepEqual(asMessages(kept), kept);
  });

  it('hides fields by names whose words are separated by digits or not at all', () => {
    const hidden = `
      token1 token_2 secret1 oauth2token csrftoken xsrftoken sessiontoken sessiontoken1 usertoken resettokens
      appsecret webhooksecret sessioncookie dbpwd userpwd signature xAmzSignature sig totp pass dbPass smtp_pass
    `;
    const kept = `
      passwordless passwordlessLogin monkey signal design designToke signedHeaders assign signatureAlgorithm signatureVersion
      tokenizer tokenized betokened tokenCount tokenCount2 secretary cookieName1 compass bypass passport passed boardingPass
      pincode opinion spinner sigma hotpot sha256 partition1 v2
    `;
    const names = (text: string) => text.trim().split(/\s+/);
    const fields = Object.fromEntries([...names(hidden), ...names(kept)].map((name) => [name, 'hunter2']));
    const [line] = linesOf(logged((logger) => logger.info(fields)));
    const isHidden = (name: string) => line?.[name] === '[Redacted]';
    assert.deepEqual(Object.keys(fields).filter(isHidden), names(hidden));
    const counts = { tokens: 12, maxTokens: 3, tokens2: 5 };
    const [counted] = linesOf(logged((logger) => logger.info(counts)));
    assert.deepEqual({ ...counted, ...counts }, counted);
  });

  it('hides secrets in the result of a custom toJSON of any object', () => {
    const toJSON = () => ({ id: 7, token: 'hunter2' });
    class OwnDate extends Date {
      override toJSON = () => 'https://u:hunter2@host/';
    }
    const itself: object = {
      token: 'hunter2',
      toJSON: () => itself,
    };
    const values = [
      Object.assign([1, 2], { toJSON }),
      Object.assign(new Error('refused'), { toJSON }),
      Object.assign(new Date(0), { toJSON }),
      Object.assign(Buffer.from('a'), { toJSON }),
      Object.assign(new Map(), { toJSON }),
      { toJSON: () => ({ toJSON }) },
      { toJSON: () => [{ toJSON }] },
      new OwnDate(0),
      itself,
    ];
    const text = logged((logger) => {
      for (const value of values) logger.info({ value, list: [value], inner: { value } }, 'it was %j', value);
      logger.error(Object.assign(new Error('refused'), { toJSON }));
      logger.info({ at: new Date(0), bytes: Buffer.from('a') });
    });
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /"at":"1970-01-01T00:00:00\.000Z","bytes":\{"type":"Buffer","data":\[97\]\}/);
    assert.match(text, /"id":7/);
  });

  it('hides secrets in the results of serializers and formatters of a child', () => {
    const body = () => ({ id: 7, token: 'hunter2' });
    const text = logged((logger) => {
      const child = logger.child(
        { bound: 1, replaced: 1 },
        {
          serializers: { req: body, bound: body, apiKey: () => 'hunter2' },
          formatters: {
            bindings: (bindings) => ({ ...bindings, password: 'hunter2', replaced: body() }),
            log: (fields) => ({ ...fields, added: body() }),
          },
        },
      );
      child.info({ req: {}, apiKey: 'x' }, 'asked');
      child.child({ req: {} }).info({ req: {} }, 'asked again');
      logger.child({}, { serializers: { req: () => 'plain' } }).info({ req: {} });
    });
    assert.doesNotMatch(text, /hunter2/);
    const [line, , last] = linesOf(text);
    const shown = { id: 7, token: '[Redacted]' };
    assert.deepEqual(
      [line?.['req'], line?.['bound'], line?.['replaced'], line?.['added'], last?.['req']],
      [shown, shown, shown, shown, 'plain'],
    );
  });

  it('hides values next to their names, in lists of headers and in pairs of a name and a value', () => {
    const headers = ['Host', 'a', 'Authorization', 'hunter2', 'x', 'y', 'Cookie', 'hunter2'];
    const fields = {
      headers,
      options: { headers: headers.slice(2, 6) },
      named: [{ name: 'Authorization', value: 'hunter2' }],
      keyed: { key: 'password', value: 'hunter2', label: 'password' },
      details: [{ path: ['user', 'password'], context: { key: 'password', value: 'hunter2' } }],
    };
    const text = logged((logger) => logger.info(fields));
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /"headers":\["Host","a","Authorization","\[Redacted\]","x","y"/);
    const kept = {
      list: ['a', 'b', 'c', 'd'],
      odd: ['id', 'token', 'email'],
      pair: { name: 'a', value: 'b' },
    };
    const [line] = linesOf(logged((logger) => logger.info(kept)));
    assert.deepEqual({ ...line, ...kept }, line);
  });

  it('takes time in proportion to its length, whatever it contains', () => {
    const parts = [
      '=',
      'a=',
      '%3D',
      '?a=',
      'token=',
      '://',
      '://a:',
      '://a@',
      '[',
      '%',
      "token='",
      '\\"',
      'a',
      '\\',
      "token: '",
      '"token":"a',
      'authorization: ',
      'eyJaaaaaaaaa-',
      'eyJaaaaaaaaa.',
      'Bearer ',
    ];
    const text = logged((logger) => {
      for (const part of parts) logger.info(`"x": 'Bearer ${part.repeat(10_000)}`);
    });
    assert.equal(linesOf(text).length, parts.length);
  });
});
