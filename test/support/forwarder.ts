import { once } from 'node:events';
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Socket } from 'node:net';
import { Client } from 'pg';

/** Makes a PostgreSQL available at another address of this machine, such as a Unix socket or ::1. */
export async function forward(
  from: ListenOptions,
  databaseUrl: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const to = placeOf(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(to);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(target).pipe(client);
  });
  server.listen(from);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Returns the address of a PostgreSQL: a port or a Unix socket. */
export function placeOf(databaseUrl: string): NetConnectOpts {
  const { host, port } = new Client({ connectionString: databaseUrl });
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}
