import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { unpack } from '../../../src/runtime/events/kafka/compression/unpack.ts';
import { BatchError } from '../../../src/runtime/events/kafka/bytes/batch-error.ts';
import type { AbortedTransaction } from '../../../src/runtime/events/kafka/records/aborted-producers.ts';
import { readRecordSet, type RecordSet } from '../../../src/runtime/events/kafka/records/record-set.ts';
import { gzipBomb, rawBatch, rawRecord, type BatchFields } from '../../support/raw-batches.ts';
import batches from './compressed-batches/batches.json' with { type: 'json' };

const LIMIT = 1024 * 1024;
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

function read(
  bytes: Buffer,
  options: { from?: number; aborted?: AbortedTransaction[]; records?: number; bytes?: number } = {},
): Promise<RecordSet> {
  const { from = 0, aborted = [], records = 10_000, bytes: unpacked = LIMIT } = options;
  return readRecordSet(bytes, { from, aborted, allowance: { batchBytes: LIMIT, bytes: unpacked, records } });
}

const valuesOf = ({ records }: RecordSet): (string | undefined)[] =>
  records.map(({ value }) => value?.toString());
const offsetsOf = ({ records }: RecordSet): number[] => records.map(({ offset }) => Number(offset));

/** A batch of `count` records; compaction may have removed its end. */
function batchAt(baseOffset: number, count: number, fields: Partial<BatchFields> = {}): Buffer {
  const records = Array.from({ length: count }, (_, index) =>
    rawRecord(index, Buffer.from(`${baseOffset + index}`)),
  );
  return rawBatch({ baseOffset, count, content: Buffer.concat(records), ...fields });
}

/** The end of a transaction: a control record with the key `version, type`. */
const marker = (baseOffset: number, producerId: number, type: 'abort' | 'commit'): Buffer =>
  rawBatch({
    ...{ baseOffset, producerId, attributes: 0x30, count: 1 },
    content: rawRecord(0, Buffer.alloc(6), Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1])),
  });

const inTransaction = (baseOffset: number, count: number, producerId: number): Buffer =>
  batchAt(baseOffset, count, { producerId, attributes: 0x10 });

describe('a record set', () => {
  for (const [name, batch] of Object.entries(batches)) {
    it(`of ${name} has its twenty records`, async () => {
      const set = await read(Buffer.from(batch, 'base64'));
      assert.deepEqual(
        valuesOf(set),
        Array.from({ length: 20 }, (_, index) => `{"text":"${name} ${index}"}`),
      );
      assert.equal(set.next, 20);
      assert.equal(set.damage, undefined);
      assert.equal(set.records[3]?.headers.ce_type?.toString(), 'note.written');
      assert.match(set.records[3]?.timestamp ?? '', /^1[67]\d{11}$/);
    });
  }

  it('keeps nanoseconds, null and names of inherited properties', async () => {
    const names = ['constructor', '__proto__', 'ce_id', 'ce_id'];
    const headers = names.flatMap((name) => [name.length * 2, ...Buffer.from(name), 1]);
    const body = Buffer.from([0, 2, 0, 1, 1, names.length * 2, ...headers]);
    const content = Buffer.concat([Buffer.from([((body.length * 2) & 127) | 128, body.length >> 6]), body]);
    const set = await read(rawBatch({ count: 1, baseTimestamp: 1_700_000_000_123_456_789n, content }));
    assert.equal(set.records[0]?.timestamp, '1700000000123456790');
    assert.deepEqual(Object.entries(set.records[0]?.headers ?? {}), [
      ['constructor', null],
      ['__proto__', null],
      ['ce_id', [null, null]],
    ]);
  });

  it('begins at the requested offset, even within a batch', async () => {
    const bytes = Buffer.concat([batchAt(0, 3), batchAt(3, 3), batchAt(6, 3)]);
    const set = await read(bytes, { from: 4 });
    assert.deepEqual(offsetsOf(set), [4, 5, 6, 7, 8]);
    assert.equal(set.next, 9);
  });

  it('ends at the maximum number of records, and continues from there', async () => {
    const bytes = Buffer.concat([batchAt(0, 3), batchAt(3, 3)]);
    const seen: number[] = [];
    for (let from = 0; from < 6; from = seen.length)
      seen.push(...offsetsOf(await read(bytes, { from, records: 2 })));
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5]);
  });

  it('decompresses no further batch after the maximum of bytes', async () => {
    const packed = (baseOffset: number): Buffer =>
      rawBatch({ baseOffset, attributes: 1, count: 1, content: gzipSync(rawRecord(0, Buffer.alloc(5_000))) });
    const set = await read(Buffer.concat([packed(0), packed(1), packed(2)]), { bytes: 8_000 });
    assert.deepEqual(offsetsOf(set), [0, 1]);
    assert.equal(set.next, 2);
  });

  it('skips records that compaction removed: the end of a batch, and a whole batch', async () => {
    const hollow = rawBatch({ baseOffset: 10, count: 0, lastOffsetDelta: 4, content: Buffer.alloc(0) });
    const set = await read(Buffer.concat([batchAt(0, 2, { lastOffsetDelta: 5 }), hollow]));
    assert.deepEqual(offsetsOf(set), [0, 1]);
    assert.equal(set.next, 15);
  });

  it('skips the end markers of transactions', async () => {
    const set = await read(Buffer.concat([inTransaction(0, 2, 7), marker(2, 7, 'commit')]));
    assert.deepEqual(offsetsOf(set), [0, 1]);
    assert.equal(set.next, 3);
  });

  it('omits the records of an aborted transaction, but not later ones of its producer', async () => {
    const bytes = Buffer.concat([
      inTransaction(4, 2, 7),
      inTransaction(6, 1, 8),
      // a message is not an end, whatever its key
      rawBatch({
        baseOffset: 7,
        producerId: 7,
        attributes: 0x10,
        count: 1,
        content: rawRecord(0, Buffer.from('x'), Buffer.alloc(4)),
      }),
      batchAt(8, 1),
      inTransaction(9, 1, 7),
      marker(10, 7, 'abort'),
      inTransaction(11, 1, 7),
      marker(12, 8, 'abort'),
      inTransaction(13, 1, 8),
    ]);
    // both started before the fetched range, and brokers guarantee no order
    const aborted = [
      { producerId: 8n, firstOffset: 2 },
      { producerId: 7n, firstOffset: 1 },
    ];
    const set = await read(bytes, { from: 4, aborted });
    assert.deepEqual(offsetsOf(set), [8, 11, 13]);
    assert.equal(set.next, 14);
  });

  it('ends before a batch that is incomplete', async () => {
    const set = await read(Buffer.concat([batchAt(0, 2), batchAt(2, 2).subarray(0, 70)]));
    assert.deepEqual(offsetsOf(set), [0, 1]);
    assert.deepEqual([set.next, set.damage], [2, undefined]);
  });

  const damaged: [why: string, batch: Buffer, last: number, reason: RegExp][] = [
    ['that is damaged', Buffer.from(batchAt(2, 3)).fill(7, 70, 71), 2, /checksum/],
    [
      'that unpacks to more than may be',
      gzipBomb(LIMIT + 1),
      2,
      /gzip, and unpacks to more than 1048576 bytes/,
    ],
    ['of an unknown codec', batchAt(2, 3, { attributes: 6 }), 4, /codec 6/],
    ['with a record too few', batchAt(2, 3, { count: 4, lastOffsetDelta: 3 }), 5, /ends too soon/],
    ['with bytes too many', batchAt(2, 3, { count: 2, lastOffsetDelta: 2 }), 4, /after its 2 records/],
    ['with records out of order', batchAt(2, 3, { lastOffsetDelta: 1 }), 3, /offset 4/],
    ['of a length that cannot be', Buffer.alloc(80), 2, /length/],
  ];
  for (const [why, batch, last, reason] of damaged) {
    it(`ends before a batch ${why}, and reports that`, async () => {
      batch.writeBigInt64BE(2n, 0);
      const good = batchAt(0, 2);
      const set = why.includes('length')
        ? await read(batch, { from: 2 })
        : await read(Buffer.concat([good, batch]));
      assert.deepEqual({ ...set.damage, reason: '' }, { offset: 2, last, reason: '' });
      assert.match(set.damage?.reason ?? '', reason);
      assert.equal(set.next, 2);
    });
  }
});

describe('hostile bytes', () => {
  const seeds = Object.values(batches).map((batch) => Buffer.from(batch, 'base64'));
  const mutated = fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(),
    )
    .map(([seed, changes, cut]) => {
      const bytes = Buffer.from(cut % 4 === 0 ? seed.subarray(0, 61 + (cut % (seed.length - 61))) : seed);
      for (const [at, byte] of changes) bytes[61 + (at % (bytes.length - 61))] = byte;
      return bytes;
    });

  for (const [number, name] of codecs.entries()) {
    if (number === 0) continue;
    it(`in ${name} throw one kind of error, or decompress to an allowed size`, async () => {
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
        mutated.map((batch) => batch.subarray(61)),
      );
      await fc.assert(
        fc.asyncProperty(bytes, async (packed) => {
          const unpacked = await unpack(packed, number, 100_000).catch((error: unknown) => {
            assert.ok(error instanceof BatchError, String(error));
            return Buffer.alloc(0);
          });
          assert.ok(unpacked.length <= 100_000);
        }),
        { numRuns: 300 },
      );
    });
  }

  it('as a batch are read or reported, and never skipped', async () => {
    const fields = fc.record({
      attributes: fc.nat(63),
      count: fc.integer({ min: -1, max: 1_000_000 }),
      lastOffsetDelta: fc.integer({ min: -5, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(mutated, fields, async (bytes, header) => {
        const batch = rawBatch({ ...header, content: bytes.subarray(61) });
        const { records, next, damage } = await read(batch);
        if (damage) assert.deepEqual([next, records], [0, []]);
        else assert.equal(next, header.lastOffsetDelta + 1);
      }),
      { numRuns: 500 },
    );
  });
});
