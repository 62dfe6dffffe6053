import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Node } from './apis/api.ts';
import { createApis } from './apis.ts';
import { serveConnection } from './connection.ts';
import { createCoordinator } from './groups/coordinator.ts';
import { createOffsets } from './groups/offsets.ts';
import { openJournal, type Journal } from './journal.ts';
import { createProducerIds } from './producer-ids.ts';
import { createDispatcher } from './requests.ts';
import { createTopics } from './topics.ts';

const MEBIBYTE = 1024 * 1024;

export interface BrokerLogger {
  debug(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface BrokerOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** The address to listen on; 127.0.0.1 by default. */
  host?: string;
  /** What clients are told to connect to; `host` by default. */
  advertisedHost?: string;
  /** Where topics, offsets and producers are kept; without it everything is in memory. One broker at a time. */
  directory?: string;
  /** The oldest events of a partition go beyond this size; 256 MiB by default, -1 keeps everything. */
  retentionBytes?: number;
  /** The shortest session timeout (milliseconds) that a group member may ask for; Kafka's 6000 by default. */
  minSessionTimeout?: number;
  /** Is told of broken requests. */
  logger?: BrokerLogger;
}

export interface Broker {
  port: number;
  host: string;
  /** What a client takes as KAFKA_BOOTSTRAP_SERVERS: 'host:port'. */
  bootstrapServers: string;
  /** Ends every connection and closes the files. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts a Kafka broker of one node for development and tests: it speaks the part of Kafka's protocol that
 * KafkaJS needs for producing (idempotent too), fetching, consumer groups and topics. Resolves when it listens.
 * Rejects in production (NODE_ENV), and when the port or the directory cannot be had.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      'The embedded broker does not start with NODE_ENV=production: use a real Kafka cluster there',
    );
  }
  const { host = '127.0.0.1', port = 0, directory, logger } = options;
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  const journal = openJournal(directory === undefined ? undefined : join(directory, 'journal.jsonl'));
  const address: Node = { id: 1, clusterId: clusterId(journal), host: options.advertisedHost ?? host, port };
  const parts = createParts(journal, options);
  const answer = createDispatcher(createApis({ ...parts, node: () => address, nodeId: address.id }));

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket, answer, (error) =>
      logger?.warn({ err: error }, 'Broken request: connection closed'),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address();
  if (bound !== null && typeof bound === 'object') address.port = bound.port;

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
    parts.coordinator.close();
    parts.topics.close();
    journal.close();
  };
  return {
    port: address.port,
    host: address.host,
    bootstrapServers: `${address.host}:${address.port}`,
    stop: () => (stopped ??= stop()),
  };
}

function createParts(journal: Journal, { directory, retentionBytes, minSessionTimeout }: BrokerOptions) {
  const topics = createTopics({
    journal,
    directory: directory === undefined ? undefined : join(directory, 'topics'),
    limits: { retentionBytes: retentionBytes ?? 256 * MEBIBYTE, segmentBytes: 16 * MEBIBYTE },
  });
  const offsets = createOffsets(journal);
  const coordinator = createCoordinator(offsets, minSessionTimeout ?? 6000);
  return { topics, offsets, coordinator, producerIds: createProducerIds(journal) };
}

function clusterId(journal: Journal): string {
  const table = journal.table<string>('cluster');
  const id = table.get('id') ?? randomUUID();
  table.set('id', id);
  return id;
}
