import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { encodeRecord, type RecordFields } from '../../../src/runtime/events/kafka/kafkajs/record-encoder.ts';

// a separate instance of the module: a driver replaces a function in the shared one
const require = createRequire(import.meta.url);
const path = require.resolve('kafkajs/src/protocol/recordBatch/record/v0');
const shared = require.cache[path];
delete require.cache[path];
const encodeByKafkaJS: (fields: RecordFields) => { buffer: Buffer } = require(path);
if (shared) require.cache[path] = shared;
else delete require.cache[path];

const text = fc.string({ unit: 'binary', maxLength: 300 });
const bytes = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 9_000 }).map((array) => Buffer.from(array)),
);
const fields = fc.record({
  offsetDelta: fc.nat({ max: 2_000_000 }),
  timestampDelta: fc.constant(0),
  key: bytes,
  value: bytes,
  headers: fc.dictionary(text, bytes, { maxKeys: 80 }),
});

describe('a record for Kafka', () => {
  it('has the same bytes as the encoding of KafkaJS', () => {
    fc.assert(
      fc.property(fields, (record) => {
        assert.deepEqual(encodeRecord(record)?.buffer, encodeByKafkaJS(record).buffer);
      }),
    );
  });

  it('is left to KafkaJS if it is neither text nor bytes, or has its own time', () => {
    const record = { offsetDelta: 0, timestampDelta: 0, key: 'a', value: 'b', headers: {} };
    assert.ok(encodeRecord(record));
    for (const odd of [{ key: null }, { value: null }, { headers: { a: ['b', 'c'] } }, { timestampDelta: 1 }])
      assert.equal(encodeRecord({ ...record, ...odd }), undefined);
  });
});
