import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenServer {
  url: string;
  /** The number of tokens issued. */
  given: () => number;
  stop: () => void;
}

/** Issues unsigned tokens (RFC 7519, section 6) for `subject`, valid for `seconds`, to one client. */
export async function startTokenServer(options: {
  subject: string;
  seconds: number;
  client: { id: string; secret: string };
}): Promise<TokenServer> {
  const { subject, seconds, client } = options;
  const wanted = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
  let given = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.headers.authorization !== wanted) {
      response.writeHead(401).end(JSON.stringify({ error: 'invalid_client' }));
      return;
    }
    given += 1;
    const now = Math.floor(Date.now() / 1_000);
    const access_token = unsigned({ sub: subject, iat: now, exp: now + seconds });
    response.end(JSON.stringify({ access_token, token_type: 'Bearer', expires_in: seconds }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/token`, given: () => given, stop: () => void server.close() };
}

function unsigned(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
