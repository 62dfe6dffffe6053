import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client as Connection } from 'pg';
import { ServiceConnection } from './pipeline/service-connection.ts';

/** The reason in the log of Knex's pool for replacing the connection. */
export const ENDED_WITH_REQUEST = 'it was closed with its request';

const CANCEL_REQUEST = 80_877_102;
const PATIENCE = 2_000;

const ending = new WeakSet<Connection>();

/**
 * Ends a connection and the statement that it runs, since a backend that waits for a lock does not notice that its client is
 * gone. The connection is never used again: a late cancellation would hit the next statement. A statement that shares its Sync
 * with COMMIT is answered first, so that it is known whether the cancellation or COMMIT was faster.
 */
export async function endConnection(connection: Connection): Promise<void> {
  if (ending.has(connection)) return;
  ending.add(connection);
  replaceConnection(connection, ENDED_WITH_REQUEST);
  await cancelStatement(connection).catch(() => undefined);
  if (connection instanceof ServiceConnection)
    await Promise.race([connection.whenCommitted(), sleep(PATIENCE, undefined, { ref: false })]);
  await connection.end().catch(() => undefined);
}

/** Keeps Knex's pool from using the connection again; the pool logs the reason. */
export function replaceConnection(connection: Connection, reason: unknown): void {
  // Knex would set another reason when the connection has ended (knex 3.3, lib/client.js)
  Object.defineProperty(connection, '__knex__disposed', {
    get: () => reason,
    set() {},
    configurable: true,
  });
}

/** Fields of `pg` that its types omit. */
interface Backend {
  processID: number | null;
  secretKey: number | null;
}

/**
 * Asks the server, over a separate connection, to cancel the backend's statement; resolves when the server has closed it.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html, CancelRequest
 */
async function cancelStatement(connection: Connection): Promise<void> {
  const { processID, secretKey }: Backend = Object(connection);
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(16);
  for (const [index, word] of [16, CANCEL_REQUEST, processID, secretKey].entries())
    request.writeInt32BE(word, index * 4);
  const socket = connect({ ...serverAddress(connection), timeout: PATIENCE });
  socket.on('timeout', () => socket.destroy());
  socket.end(request);
  socket.resume();
  await once(socket, 'close');
}

/** The server of this session: by now the host name may lead to another one. */
function serverAddress(connection: Connection): NetConnectOpts {
  const { remoteAddress, remotePort }: Partial<Socket> = Object(connection.connection.stream);
  if (remoteAddress !== undefined && remotePort !== undefined)
    return { host: remoteAddress, port: remotePort };
  return { path: `${connection.host}/.s.PGSQL.${connection.port}` };
}
