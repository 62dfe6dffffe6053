import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { placeOf } from './forwarder.ts';

/** A proxy before PostgreSQL that notes which statements each round trip has. */
export interface WireRecorder {
  /** The address of the database through the proxy. */
  url: string;
  /** Returns the statements since the last call, one list for each round trip: for each Query or Sync message. */
  takeRoundTrips(): string[][];
  /** Cuts the client off from the next round trip with the statement on; the server gets that, and answers nobody. */
  cutAt(statement: string): void;
  close(): Promise<void>;
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html; without TLS. */
export async function recordWire(databaseUrl: string): Promise<WireRecorder> {
  const sockets = new Set<Socket>();
  let roundTrips: string[][] = [];
  let last: string | undefined;

  const server = createServer((client) => {
    const target = connect(placeOf(databaseUrl));
    sockets.add(client).add(target);
    const read = createReader((statements) => {
      roundTrips.push(statements);
      if (last === undefined || !statements.includes(last)) return;
      last = undefined;
      setImmediate(() => client.resetAndDestroy());
    });
    client.on('data', (chunk) => {
      target.write(chunk);
      read(chunk);
    });
    target.on('data', (chunk) => client.write(chunk));
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      socket.on('error', () => {});
      socket.on('close', () => other.end());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: url.href,
    takeRoundTrips() {
      const taken = roundTrips;
      roundTrips = [];
      return taken;
    },
    cutAt: (statement) => void (last = statement),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Reads the messages of one client, which may come in pieces; the first one has no type. */
function createReader(onRoundTrip: (statements: string[]) => void): (chunk: Buffer) => void {
  const texts = new Map<string, string>();
  let bytes = Buffer.alloc(0);
  let started = false;
  let statements: string[] = [];

  function readMessage(type: string, body: Buffer): void {
    const [first = '', second = ''] = body.toString().split('\0');
    if (type === 'P') texts.set(first, second);
    if (type === 'B') statements.push(texts.get(second) ?? second);
    if (type === 'Q') statements.push(first);
    if (type !== 'S' && type !== 'Q') return;
    onRoundTrip(statements);
    statements = [];
  }

  return (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const header = started ? 1 : 0;
      if (bytes.length < header + 4) return;
      const length = header + bytes.readInt32BE(header);
      if (bytes.length < length) return;
      if (started) readMessage(String.fromCodePoint(bytes[0] ?? 0), bytes.subarray(5, length));
      started = true;
      bytes = bytes.subarray(length);
    }
  };
}
