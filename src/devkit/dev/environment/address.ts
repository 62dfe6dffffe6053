import net from 'node:net';
import { errorCode } from '../../errors.ts';

/** The address of a server, on this machine or another one. */
export interface Address {
  /** A name, an IP address, or the folder of PostgreSQL's Unix socket. */
  host: string;
  port: number;
}

/** Returns `host:port`, with brackets around an IPv6 address; the path of a Unix socket. */
export function addressText({ host, port }: Address): string {
  if (isSocket(host)) return socketPath({ host, port });
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `host:port`. */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

/** Reports whether an embedded server can listen there. */
export function isLocal({ host }: Address): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|::1|0\.0\.0\.0|::)$/i.test(host);
}

/** The address for an embedded server: `localhost` becomes the IPv4 loopback, which clients try too. */
export function listenHost({ host }: Address): string {
  return host.toLowerCase().endsWith('localhost') ? '127.0.0.1' : host;
}

const isSocket = (host: string): boolean => host.startsWith('/');
const socketPath = ({ host, port }: Address): string => `${host}/.s.PGSQL.${port}`;
const place = (address: Address): net.NetConnectOpts =>
  isSocket(address.host) ? { path: socketPath(address) } : { host: address.host, port: address.port };

/** The time that a server has to accept, and then to answer, in ms. */
const patience = 3_000;

/**
 * Sends a question and resolves to the first bytes of the answer: `enough` bytes, or all that arrived. Resolves to an empty
 * buffer if the server stays silent or hangs up, and to undefined if nothing listens.
 */
export function ask(address: Address, question: Uint8Array, enough = 1): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(place(address));
    let answer: Buffer | undefined;
    const finish = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patience, finish);
    socket.on('connect', () => {
      answer = Buffer.alloc(0);
      socket.write(question);
    });
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer ?? Buffer.alloc(0), bytes]);
      if (answer.length >= enough) finish();
    });
    socket.on('error', (error) => {
      if (isReset(error)) answer ??= Buffer.alloc(0); // accepted and reset before we noticed
      finish();
    });
    socket.on('close', finish);
  });
}

/** Reports whether the server accepts a connection. Nothing is sent. */
export function isListening(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(place(address));
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patience, () => finish(false));
    socket.on('connect', () => finish(true));
    socket.on('error', (error) => finish(isReset(error)));
  });
}

/** A name with several addresses fails with one error per address. */
function isReset(error: unknown): boolean {
  return error instanceof AggregateError ? error.errors.some(isReset) : errorCode(error) === 'ECONNRESET';
}
