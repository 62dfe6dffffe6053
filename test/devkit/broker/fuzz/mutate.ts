import { crc32c } from '../../../../src/devkit/broker/protocol/crc32c.ts';
import { pick, type Random } from './random.ts';

const SIZE_BYTES = 4;

/** Size, API, version, correlation id: a request's first bytes. */
const HEADER_BYTES = 12;

const bytes = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff];
const shorts = [-32_768, -2, -1, 0, 1, 255, 32_767];
const integers = [-(2 ** 31), -2, -1, 0, 1, 65_535, 1_000_000, 2 ** 31 - 1];

type Mutation = (request: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

/** Most mutations keep the header, so the request reaches its API. */
const place = (request: Buffer, random: Random): number => {
  const first = random(8) === 0 ? SIZE_BYTES : HEADER_BYTES;
  return first + random(Math.max(1, request.length - first));
};

function overwrite(width: number, write: (copy: Buffer, at: number, random: Random) => void): Mutation {
  return (request, random) => {
    const copy = Buffer.from(request);
    const at = place(copy, random);
    if (at + width <= copy.length) write(copy, at, random);
    return copy;
  };
}

const mutations: Mutation[] = [
  overwrite(1, (copy, at, random) => (copy[at] = pick(random, bytes))),
  overwrite(1, (copy, at, random) => (copy[at] = copy[at]! ^ (1 << random(8)))),
  overwrite(1, (copy, at, random) => (copy[at] = random(256))),
  overwrite(2, (copy, at, random) => copy.writeInt16BE(pick(random, shorts), at)),
  overwrite(4, (copy, at, random) => copy.writeInt32BE(pick(random, integers), at)),
  overwrite(8, (copy, at, random) => {
    copy.writeInt32BE(pick(random, integers), at);
    copy.writeInt32BE(pick(random, integers), at + 4);
  }),
  /** Cut. */
  (request, random) => request.subarray(0, place(request, random)),
  /** A piece is removed or repeated. */
  (request, random) => {
    const at = place(request, random);
    const end = Math.min(request.length, at + 1 + random(16));
    return Buffer.concat([request.subarray(0, at), request.subarray(end)]);
  },
  (request, random) => {
    const at = place(request, random);
    const end = Math.min(request.length, at + 1 + random(64));
    return Buffer.concat([request.subarray(0, end), request.subarray(at)]);
  },
  /** The end of another request. */
  (request, random, others) => {
    const other = pick(random, others);
    return Buffer.concat([request.subarray(0, place(request, random)), other.subarray(place(other, random))]);
  },
  /** Another version. */
  (request, random) => {
    const copy = Buffer.from(request);
    copy.writeInt16BE(random(20) - 1, SIZE_BYTES + 2);
    return copy;
  },
];

/**
 * Returns one of the requests with one to four changes. Its size is corrected, except once in fifty times; every second
 * changed batch of records gets a correct checksum, so the bytes after it are read too.
 */
export function mutate(requests: readonly Buffer[], random: Random): Buffer {
  let mutated = pick(random, requests);
  for (let left = 1 + random(1 + random(4)); left > 0; left--) {
    const changed = pick(random, mutations)(mutated, random, requests);
    if (changed.length >= HEADER_BYTES) mutated = changed;
  }
  mutated = Buffer.from(mutated);
  if (random(2) === 0) repairChecksum(mutated);
  if (random(50) !== 0) mutated.writeInt32BE(mutated.length - SIZE_BYTES, 0);
  return mutated;
}

/** Finds a batch of version 2 that ends with the request, and corrects its checksum. */
function repairChecksum(request: Buffer): void {
  const PRODUCE = 0;
  if (request.readInt16BE(SIZE_BYTES) !== PRODUCE) return;
  for (let at = HEADER_BYTES; at + 61 <= request.length; at++) {
    const end = at + 12 + request.readInt32BE(at + 8);
    if (request[at + 16] !== 2 || end !== request.length) continue;
    request.writeUInt32BE(crc32c(request, at + 21, end), at + 17);
    return;
  }
}
