import type { Reader } from '../protocol/bytes/reader.ts';
import type { Writer } from '../protocol/bytes/writer.ts';

/** What an API knows of the request beside its body. */
export interface Call {
  version: number;
  /** Whether this version has compact types and tags, in the answer too. */
  isFlexible: boolean;
  clientId: string;
  clientHost: string;
  /** Calls `listener` when the connection ends; returns what takes it back. */
  onClose(listener: () => void): () => void;
}

/** One API of Kafka's protocol (https://kafka.apache.org/protocol#protocol_api_keys), in the versions that it answers. */
export interface Api {
  key: number;
  versions: readonly [min: number, max: number];
  /** What ApiVersions says, where Kafka itself says something else than it answers. */
  advertised?: readonly [min: number, max: number];
  /** The first version with compact types and tags (KIP-482); none has where it is missing. */
  flexibleFrom?: number;
  /** Reads the request's body and gives the answer; undefined where the client wants none. */
  handle(request: Reader, call: Call): Writer | undefined | Promise<Writer>;
}

/** The one node of the cluster. */
export interface Node {
  id: number;
  clusterId: string;
  host: string;
  port: number;
}

/** The one node has led every partition from the beginning. */
export const LEADER_EPOCH = 0;

/** In answers that may list what a client is allowed to do: that is not told. */
export const UNKNOWN_OPERATIONS = -(2 ** 31);
