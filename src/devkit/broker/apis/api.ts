import type { Reader } from '../protocol/bytes/reader.ts';
import type { Writer } from '../protocol/bytes/writer.ts';

/** The context of a request, besides its body. */
export interface Call {
  version: number;
  /** Whether the request and its answer use compact types and tags. */
  isFlexible: boolean;
  clientId: string;
  clientHost: string;
  /** Calls `listener` when the connection ends; returns a function that unregisters it. */
  onClose(listener: () => void): () => void;
}

/** One API of Kafka's protocol (https://kafka.apache.org/protocol#protocol_api_keys) and its supported versions. */
export interface Api {
  key: number;
  versions: readonly [min: number, max: number];
  /** The versions listed in ApiVersions, if Kafka lists others than it supports. */
  advertised?: readonly [min: number, max: number];
  /** The first version with compact types and tags (KIP-482); undefined if there is none. */
  flexibleFrom?: number;
  /** Reads the request's body and returns the answer; undefined if the client expects none. */
  handle(request: Reader, call: Call): Writer | undefined | Promise<Writer>;
}

/** The single node of the cluster. */
export interface Node {
  id: number;
  clusterId: string;
  host: string;
  port: number;
}

/** The single node has always led every partition. */
export const LEADER_EPOCH = 0;

/** Marks the list of authorized operations in an answer as unknown. */
export const UNKNOWN_OPERATIONS = -(2 ** 31);
