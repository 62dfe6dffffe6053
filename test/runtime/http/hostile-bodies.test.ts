import assert from 'node:assert/strict';
import { toUSVString } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { connectDatabase } from 'microservice-runtime';
import { createNoteRouter } from './note-router.ts';
import { startApp, type StartedApp } from './start-app.ts';

interface Answer {
  status: number;
  body: { detail?: string; errors?: { field: string; message: string }[] } & Record<string, unknown>;
}

describe('a body that is hostile', () => {
  let database: Knex;
  let started: StartedApp;

  before(async () => {
    const databaseUrl = 'postgres://nobody@127.0.0.1:9/none';
    database = connectDatabase({ serviceName: 'note-service', databaseUrl, databasePoolMax: 1 });
    started = await startApp({ database, routers: [createNoteRouter()], logLevel: 'silent' });
  });

  after(async () => {
    await started.server.stop();
    await database.destroy();
  });

  const post = async (body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await started.request('/v1/notes', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  const fieldsOf = ({ body }: Answer) => body.errors?.map(({ field }) => field);

  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  // RFC 8259, section 9: "An implementation may set limits on the maximum depth of nesting."
  for (const [title, json] of [
    ['arrays', nested(5_000)],
    ['objects', '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)],
  ] as const) {
    it(`answers 400 that names the field for ${title} nested 5,000 deep`, async () => {
      const answer = await post(`{"meta":${json}}`);
      assert.equal(answer.status, 400);
      assert.deepEqual(answer.body.errors, [
        { field: 'body.meta', message: 'must not be nested more than 100 levels deep' },
      ]);
    });
  }

  it('accepts a value that is nested as deeply as the limit allows', async () => {
    const accepted = await post(`{"meta":${nested(99)}}`);
    assert.equal(accepted.status, 200);
    assert.equal((await post(`{"meta":${nested(100)}}`)).status, 400);
  });

  // RFC 8259, section 6, and RFC 7493 (I-JSON), section 2.2.
  it('answers 400 and names every number that a double cannot represent', async () => {
    const answer = await post(
      '{"text":"1e400","meta":{"a":[1,1e400,{"b":9007199254740993}],"c\\u0041":-1E999},"count":1e-400}',
    );
    assert.equal(answer.status, 400);
    assert.deepEqual(fieldsOf(answer), ['body.meta.a.1', 'body.meta.a.2.b', 'body.meta.cA', 'body.count']);
    assert.match(answer.body.errors?.[1]?.message ?? '', /9007199254740993/);
  });

  it('accepts every number that a double can represent, and returns it unchanged', async () => {
    const double = fc.double({ noDefaultInfinity: true, noNaN: true });
    const [numbers = []] = fc.sample(fc.array(double, { minLength: 500, maxLength: 500 }), {
      seed: 1,
      numRuns: 1,
    });
    const answer = await post(JSON.stringify({ meta: numbers }));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body['meta'], JSON.parse(JSON.stringify(numbers)));
  });

  it('accepts other spellings of a number, and digits inside a text', async () => {
    const answer = await post(
      '{"meta":[1.0,1.50,0.1000,100e-2,1E2,-0,0.0,1.7976931348623157e+308,5e-324,12300000000000000000000e0,"12345678901234567890"]}',
    );
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  });

  // RFC 8259, sections 8.1 and 8.2; PostgreSQL holds neither U+0000 nor half a surrogate pair.
  it('answers 400 and names each text with NUL or a lone surrogate, property names included', async () => {
    const answer = await post(
      String.raw`{"text":"a\ud800b","trimmed":"\u0000","meta":{"ok":"\ud83d\ude00","list":["\udc00"],"in":{"\ud800":1}}}`,
    );
    assert.equal(answer.status, 400);
    assert.deepEqual(fieldsOf(answer), ['body.text', 'body.trimmed', 'body.meta.list.0', 'body.meta.in']);
  });

  it('answers 400 to bytes that are not UTF-8, compressed or not', async () => {
    const bytes = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0x61, 0xff]), Buffer.from('"}')]);
    for (const answer of [await post(bytes), await post(gzipSync(bytes), { 'content-encoding': 'gzip' })]) {
      assert.equal(answer.status, 400);
      assert.match(answer.body.detail ?? '', /UTF-8/);
      assert.deepEqual(fieldsOf(answer), ['body']);
    }
  });

  it('answers 415 to JSON in another encoding than UTF-8', async () => {
    const answer = await post(Buffer.from('{"text":"a"}', 'utf16le'), {
      'content-type': 'application/json; charset=utf-16',
    });
    assert.equal(answer.status, 415);
  });

  it('answers 400 to a query and a path with NUL or bytes that are not UTF-8', async () => {
    for (const [path, field] of [
      ['/v1/notes/1?text=a%00', 'query.text'],
      ['/v1/notes/1?text=%ff', 'query'],
      ['/v1/notes/a%00', 'params.id'],
    ] as const) {
      const response = await started.request(path);
      const answer = { status: response.status, body: (await response.json()) as Answer['body'] };
      assert.deepEqual([answer.status, fieldsOf(answer)], [400, [field]], path);
    }
  });

  it('never answers 500 and never alters a text or a number, for arbitrary JSON', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.json({ stringUnit: 'binary' }),
        async (text, json) => {
          const sent = `{"text":${JSON.stringify(text || 'x')},"meta":${json}}`;
          const { status, body } = await post(sent);
          if (status === 400) assert.ok(/\\u0000|\\u[dD][89a-fA-F]|__proto__/.test(sent), sent);
          else assert.deepEqual([status, body], [200, JSON.parse(sent)]);
        },
      ),
      { numRuns: 50 },
    ));

  const unknown = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at])));

  it('names at most 100 errors, and the number of the others', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 900 }), async (count) => {
        const { status, body } = await post(unknown(count));
        assert.equal(status, 400);
        assert.equal(body.errors?.length, Math.min(count, 100));
        if (count > 100) assert.match(body.detail ?? '', new RegExp(`${count - 100} more errors? `));
        else assert.doesNotMatch(body.detail ?? '', /more/);
      }),
      { numRuns: 20, examples: [[100], [101]] },
    ));

  it('names only the first error of a body that has too many to report in time', async () => {
    for (const body of [
      `{"links":[${'{},'.repeat(998)}{}]}`,
      unknown(11_000),
      `{"tags":[${'1,'.repeat(20_000)}1]}`,
      `{"tags":[${'{"b":1},'.repeat(11_000)}{}]}`,
    ]) {
      const answer = await post(body);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.errors?.length, 1);
      assert.match(answer.body.detail ?? '', /more than 1000 errors.*first/);
      assert.ok(JSON.stringify(answer.body).length < 1_000);
    }
  });

  it('names each error of a large body that has few', async () => {
    const answer = await post(`{"tags":[${'{"weight":1},'.repeat(5_000)}{"weight":"x"}],"count":"x"}`);
    assert.deepEqual(fieldsOf(answer), ['body.count', 'body.tags.5000.weight']);
  });

  it('accepts a large valid body', async () => {
    const answer = await post(`{"meta":${unknown(20_000)}}`);
    assert.deepEqual([answer.status, answer.body.errors], [200, undefined]);
  });

  it('shortens the values of a request that it repeats', async () => {
    const answer = await post(JSON.stringify({ ['\u{1f600}'.repeat(20_000)]: 1 }));
    assert.equal(answer.status, 400);
    assert.ok((answer.body.errors?.[0]?.field.length ?? 0) <= 201);
    assert.equal(toUSVString(answer.body.errors?.[0]?.field ?? ''), answer.body.errors?.[0]?.field);
  });

  it('reports only a few faulty texts, wherever and however many there are', async () => {
    const names = Array.from({ length: 2_000 }, (_, at) => `"${at}${at % 2 ? '\\u0000' : '\\ud800'}":1`);
    const answer = await post(`{"meta":{"${'p'.repeat(50_000)}":{${names.join()}}}}`);
    assert.equal(answer.body.errors?.length, 20);
    assert.ok(JSON.stringify(answer.body).length < 10_000);
    assert.doesNotMatch(answer.body.detail ?? '', /more/);
  });

  it('answers 400 to a query with more parameters than it reads, instead of ignoring some', async () => {
    for (const [count, fields] of [
      [1_001, ['query']],
      [1_500, ['query']],
    ] as const) {
      const response = await started.request(`/v1/notes/1?${Array(count).fill('a=1').join('&')}`);
      const answer = { status: response.status, body: (await response.json()) as Answer['body'] };
      assert.deepEqual([answer.status, fieldsOf(answer)], [400, fields]);
      assert.match(answer.body.errors?.[0]?.message ?? '', /at most 1000 parameters/);
    }
  });

  it('answers quickly to a body that is built to make its check slow', async () => {
    for (const body of [
      '"\\'.repeat(250_000),
      `{"meta":0.${'0'.repeat(500_000)}1}`,
      `{"meta":[${'1e400,'.repeat(80_000)}1]}`,
    ]) {
      const answer = await post(body);
      assert.equal(answer.status, 400);
      assert.ok((answer.body.errors ?? []).length <= 100);
    }
  });
});
