import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createApis } from './apis.ts';
import { serveConnection } from './connection.ts';
import type { DirectoryLock } from '../processes/directory-lock.ts';
import { lockForBroker } from './directory-lock.ts';
import { openParts } from './parts.ts';
import { createDispatcher } from './requests.ts';

export interface BrokerLogger {
  warn(details: object, message: string): void;
}

export interface BrokerOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** The address to listen on; 127.0.0.1 by default. */
  host?: string;
  /** What clients are told to connect to; `host` by default. */
  advertisedHost?: string;
  /** The number of the one broker; 1 by default. */
  nodeId?: number;
  /** Where topics, offsets and producers are kept, for one broker at a time; without it all is in memory. */
  directory?: string;
  /** The oldest events of a partition go beyond this size; 256 MiB by default, -1 keeps everything. */
  retentionBytes?: number;
  /** All partitions share this: with many of them each keeps less than `retentionBytes`; 2 GiB by default. */
  totalRetentionBytes?: number;
  /** The shortest session timeout (milliseconds) that a group member may ask for; Kafka's 6000 by default. */
  minSessionTimeout?: number;
  /** Is told why a connection was closed. */
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
 * clients need for producing (idempotent too), fetching, consumer groups and topics. What it has acknowledged
 * survives the end of the process, not that of the machine. Resolves when it listens. Rejects in production
 * (NODE_ENV), and when the port or the directory cannot be had, because another broker has it.
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
    // Opened behind the port: who does not get it must not touch the files of the broker that has it.
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
): Promise<ReturnType<typeof openParts>> {
  try {
    return openParts(options);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

type Listener = Awaited<ReturnType<typeof listen>>;

/** Resolves when it listens; rejects with the system's error (`code` EADDRINUSE where another program listens). */
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
