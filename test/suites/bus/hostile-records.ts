import * as fc from 'fast-check';
import type { RawRecord } from '../../support/raw-records.ts';

const text = (value: string): Buffer => Buffer.from(value);

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
const anyText = fc.string({ unit: 'binary', maxLength: 30 }).map(text);
const evilTexts = [
  ...[
    '',
    '\0',
    'a\0b',
    '\ufffd',
    '\u202e',
    'NULL',
    '{}',
    '{"a":1}',
    "');drop table effects;--",
    '%s',
    '$1',
    '?',
  ],
  ...['0@0', 'base64:AAAA', 'sha256:00', '1 - Connection terminated unexpectedly', '1e400', '-1', '99999999'],
  ...['constructor', '__proto__', 'x'.repeat(3_000), '語'.repeat(1_200), '2026-01-01T00:00:00Z', 'infinity'],
].map(text);
const evilBytes = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0]].map((array) =>
  Buffer.from(array),
);
const evil = fc.constantFrom(...evilTexts, ...evilBytes);
const content: fc.Arbitrary<Buffer> = fc.oneof(evil, bytes, anyText);
const nullable = (some: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer | null> => fc.option(some, { freq: 4 });

const attributes = [
  ...['id', 'type', 'source', 'subject', 'time', 'eventversion', 'correlationid', 'causationid'],
  ...['aggregatetype', 'traceparent', 'specversion'],
];
const names = fc.oneof(
  fc.constantFrom(...attributes.map((name) => `ce_${name}`)),
  fc.constantFrom(
    'content-type',
    'traceparent',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    '',
  ),
  content,
);
const formats = ['+json', '+json; charset=utf-8', '-batch+json', '+avro', ''].map((format) =>
  text(`application/cloudevents${format}`),
);

/** A revision that the handler refuses, one that it accepts, and one that violates the schema. */
const revision = fc.constantFrom<unknown>(7_777, 1, 'x', null, [], '\ud800', '\0');
const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
const data = revision.map((value) => JSON.stringify({ revision: value, extra: '\0\ud800' }));
const values = fc.oneof(
  data.map(text),
  content,
  fc.json().map(text),
  fc.constantFrom('', 'null', '7', '"a"', '{"revision":', `{"revision":1,"x":${deep}}`).map(text),
  fc.constantFrom('{"__proto__":{"revision":1}}', '{"revision":7777,"__proto__":null}').map(text),
);

const times = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  fc.constantFrom(-1n, 0n, 2n ** 63n - 1n, 8_640_000_000_000_001n, 253_402_300_800_000n),
  fc.constant(0).map(() => BigInt(Date.now()) * 1_000_000n),
  fc.constant(0).map(() => BigInt(Date.now())),
);

let identities = 0;

/** An event of a handled type with its own id; its later headers may make it invalid. */
function almostGood(type: string): RawRecord['headers'] {
  const headers = { ce_id: `hostile-${(identities += 1)}`, ce_type: type, ce_source: 'hostile' };
  return Object.entries(headers).map(([name, value]) => [name, text(value)]);
}

const structured = (type: string): fc.Arbitrary<Pick<RawRecord, 'headers' | 'value'>> =>
  fc
    .record({ format: fc.constantFrom(...formats), data, id: fc.constantFrom('a\0', '\ud800', '1', 7) })
    .map((some) => ({
      headers: [['content-type', some.format]],
      value: text(
        `{"id":${JSON.stringify(some.id)},"source":"hostile-${(identities += 1)}","type":"${type}","data":${some.data}}`,
      ),
    }));

/** Records that any program may write to a topic of events of `type`. */
export function hostileRecords(type: string): fc.Arbitrary<RawRecord> {
  const header = fc.tuple(names, nullable(content));
  const odd = fc.array(header, { maxLength: 8 });
  const headers = fc.oneof(
    odd,
    odd.map((some) => [...almostGood(type), ...some]),
    odd.map((some) => [...some, ...almostGood(type)]),
  );
  const key = nullable(
    fc.oneof(
      content,
      anyText.map((some) => Buffer.concat([text('hostile-'), some])),
    ),
  );
  const binary = fc.record({ headers, value: nullable(values) });
  return fc
    .tuple(key, fc.oneof({ arbitrary: binary, weight: 5 }, structured(type)), times)
    .map(([ofRecord, rest, timestamp]) => ({ key: ofRecord, ...rest, timestamp }));
}
