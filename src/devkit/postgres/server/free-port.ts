import { once } from 'node:events';
import net from 'node:net';

/** Returns a port of `host` that was free a moment ago; the caller must be ready to try another one. */
export async function findFreePort(host: string): Promise<number> {
  const server = net.createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address)
    throw new Error(`No free port on ${host}: the system returned ${address}.`);
  return address.port;
}
