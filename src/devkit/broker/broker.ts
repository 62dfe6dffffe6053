import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createApis } from './apis.ts';
import { serveConnection } from './connection.ts';
import type { DirectoryLock } from '../processes/directory-lock.ts';
import { lockForBroker } from './directory-lock.ts';
import { openState } from './state.ts';
import { createDispatcher } from './requests.ts';

export interface BrokerLogger {
  warn(details: object, message: string): void;
}

export interface BrokerOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** The address to listen on; default 127.0.0.1. */
  host?: string;
  /** The host in the address that clients are told to connect to; default `host`. */
  advertisedHost?: string;
  /** The id of the broker; default 1. */
  nodeId?: number;
  /** The folder for topics, offsets and producers, used by one broker at a time. Without it, everything is in memory. */
  directory?: string;
  /** The size from which a partition deletes its oldest events; default 256 MiB, -1 keeps everything. */
  retentionBytes?: number;
  /** The limit of all partitions together: with many partitions, each keeps less than `retentionBytes`. Default 2 GiB. */
  totalRetentionBytes?: number;
  /** The shortest session timeout of a group member, in ms; default 6000, as in Kafka. */
  minSessionTimeout?: number;
  /** Receives the reason for each connection that the broker closes. */
  logger?: BrokerLogger;
}

export interface Broker {
  port: number;
  host: string;
  /** The value for KAFKA_BOOTSTRAP_SERVERS: 'host:port'. */
  bootstrapServers: string;
  /** Closes every connection and all files. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts a single-node Kafka broker for development and tests. It implements the part of Kafka's protocol that clients need
 * for producing (also idempotent), fetching, consumer groups and topics. Acknowledged data survives the end of the process,
 * but not a crash of the machine. Resolves when the broker listens. Rejects in production (NODE_ENV), and if another broker
 * uses the port or the directory.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      'The embedded broker does not start with NODE_ENV=production; use a real Kafka cluster in production',
    );
  }
  const { host = '127.0.0.1', advertisedHost = host } = options;
  const listener = await listen(host, options.port ?? 0);
  const { port } = listener;
  try {
    // Opened after the port: a broker that does not get the port must not touch the files of the broker that has it.
    const lock =
      options.directory === undefined ? undefined : await lockForBroker(options.directory, { host, port });
    const parts = await openOrRelease(options, lock);
    const node = { id: options.nodeId ?? 1, clusterId: parts.clusterId, host: advertisedHost, port };
    serve(listener, createDispatcher(createApis({ ...parts, node })), options.logger);
    let stopped: Promise<void> | undefined;
    return {
      port,
      host: advertisedHost,
      bootstrapServers: `${advertisedHost.includes(':') ? `[${advertisedHost}]` : advertisedHost}:${port}`,
      stop: () =>
        (stopped ??= listener
          .close()
          .then(() => parts.close())
          .then(() => lock?.release())),
    };
  } catch (error) {
    await listener.close();
    throw error;
  }
}

async function openOrRelease(
  options: BrokerOptions,
  lock: DirectoryLock | undefined,
): Promise<ReturnType<typeof openState>> {
  try {
    return openState(options);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

type Listener = Awaited<ReturnType<typeof listen>>;

/** Resolves when the server listens; rejects with the system's error (`code` EADDRINUSE if another program listens). */
async function listen(host: string, port: number) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    server,
    port: address !== null && typeof address === 'object' ? address.port : port,
    async close(): Promise<void> {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serve(
  { server }: Listener,
  answer: ReturnType<typeof createDispatcher>,
  logger?: BrokerLogger,
): void {
  server.on('connection', (socket) => {
    serveConnection(socket, answer, (error) => {
      logger?.warn(
        { err: error },
        'The embedded broker closed a connection because it could not answer a request',
      );
    });
  });
}
