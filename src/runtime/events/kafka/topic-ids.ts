import type { Broker, Cluster } from 'kafkajs';

const METADATA = 3;
/** The first version that returns topic ids (KIP-516, Kafka 2.8); KafkaJS 2.2.4 stops at version 6. */
const VERSION = 10;
const UUID_BYTES = 16;
const noId = Buffer.alloc(UUID_BYTES);

/** The members that KafkaJS's types omit. */
interface KafkaJsConnections {
  versions?: Record<number, { minVersion: number; maxVersion: number }>;
  connectionPool?: {
    send(exchange: {
      request: {
        apiKey: number;
        apiVersion: number;
        apiName: string;
        encode(): Promise<{ buf: Buffer; buffer: Buffer }>;
      };
      response: { decode(data: Buffer): Promise<Ids>; parse(ids: Ids): Promise<Ids> };
    }): Promise<Ids>;
  };
}

type Ids = Map<string, string>;

/**
 * Returns the ids of topics in the form of Kafka's tools, without those that the broker does not report, because it is too
 * old, the topic does not exist, or this client may not describe it. Rejects if the broker does not answer.
 */
export async function topicIds(cluster: Cluster, groupId: string, topics: readonly string[]): Promise<Ids> {
  const broker: Broker & KafkaJsConnections = await cluster.findGroupCoordinator({ groupId });
  const versions = broker.versions?.[METADATA];
  if (!broker.connectionPool || !versions) return new Map();
  if (versions.minVersion > VERSION || versions.maxVersion < VERSION) return new Map();
  const encoded = encodeRequest(topics);
  return broker.connectionPool.send({
    request: {
      apiKey: METADATA,
      apiVersion: VERSION,
      apiName: 'Metadata',
      encode: () => Promise.resolve({ buf: encoded, buffer: encoded }),
    },
    response: {
      decode: (data) => Promise.resolve(decodeResponse(data)),
      parse: (ids) => Promise.resolve(ids),
    },
  });
}

/**
 * Encodes the body of a request of version 10, https://kafka.apache.org/protocol#The_Messages_Metadata. Its first byte ends
 * the header, which has tagged fields in flexible versions (KIP-482) that KafkaJS does not write.
 */
function encodeRequest(topics: readonly string[]): Buffer {
  const entries = topics.map((topic) => {
    const name = Buffer.from(topic);
    return Buffer.concat([noId, unsigned(name.length + 1), name, Buffer.of(0)]);
  });
  // neither create topics nor return authorized operations
  return Buffer.concat([Buffer.of(0), unsigned(topics.length + 1), ...entries, Buffer.of(0, 0, 0, 0)]);
}

function decodeResponse(data: Buffer): Ids {
  const reader = createReader(data);
  const ids: Ids = new Map();
  reader.tags();
  reader.skip(4); // the throttle time
  reader.array(() => {
    reader.skip(4);
    reader.text();
    reader.skip(4);
    reader.text();
    reader.tags();
  });
  reader.text(); // the cluster id
  reader.skip(4); // the controller
  reader.array(() => {
    const error = reader.int16();
    const name = reader.text();
    const id = reader.bytes(UUID_BYTES);
    reader.skip(1); // whether the topic is internal
    reader.array(() => skipPartition(reader));
    reader.skip(4);
    reader.tags();
    if (error === 0 && !id.equals(noId)) ids.set(name, id.toString('base64url'));
  });
  return ids;
}

/** Skips error, number, leader, epoch, and three lists of brokers. */
function skipPartition(reader: Reader): void {
  reader.skip(2 + 4 + 4 + 4);
  for (let list = 0; list < 3; list += 1) reader.array(() => reader.skip(4));
  reader.tags();
}

type Reader = ReturnType<typeof createReader>;

/** Reads the compact types of flexible versions (KIP-482). */
function createReader(data: Buffer) {
  let at = 0;

  function bytes(length: number): Buffer {
    if (length < 0 || at + length > data.length) throw new RangeError('a Metadata response ends too early');
    at += length;
    return data.subarray(at - length, at);
  }

  function varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes(1).readUInt8();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number of a Metadata response does not end');
  }

  return {
    bytes,
    skip: (length: number): unknown => bytes(length),
    int16: (): number => bytes(2).readInt16BE(),
    /** Empty for null. */
    text: (): string => bytes(Math.max(0, varint() - 1)).toString(),
    array(item: () => void): void {
      for (let left = varint() - 1; left > 0; left -= 1) item();
    },
    tags(): void {
      for (let left = varint(); left > 0; left -= 1) {
        varint();
        bytes(varint());
      }
    },
  };
}

function unsigned(value: number): Buffer {
  const parts: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) parts.push((rest & 127) | 128);
  return Buffer.of(...parts, rest);
}
