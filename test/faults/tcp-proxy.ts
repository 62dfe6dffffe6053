import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

/**
 * The effect of a proxy on traffic. `cut`: resets every connection, including new ones. `silent`: nothing passes and nothing
 * closes. `deaf`: requests pass, responses are dropped. `slow`: every chunk is delayed by `delay` ms.
 */
export type ProxyMode =
  | { kind: 'open' }
  | { kind: 'cut' }
  | { kind: 'silent' }
  | { kind: 'deaf' }
  | { kind: 'slow'; delay: number };

/** A loopback proxy between clients and a server, which treats their connections like a network does. */
export interface TcpProxy {
  port: number;
  /**
   * Changes the mode. Connections that lost bytes never pass a byte again and are reset: after `deaf` immediately, after
   * `silent` some seconds later, like keep-alive probes. Connections that were opened meanwhile are good.
   */
  set(mode: ProxyMode): void;
  /** Resolves right after the next chunk of a client that `matches` went to the server. */
  nextRequest(matches: (chunk: Buffer) => boolean): Promise<void>;
  close(): Promise<void>;
}

interface Link {
  client: Socket;
  server: Socket;
  /** Bytes were lost, or it counts as half-open. */
  broken: boolean;
}

type Side = 'client' | 'server';

const keepAlive = 5_000;

/** @param to a loopback port, or another address of the server */
export async function startTcpProxy(to: number | NetConnectOpts): Promise<TcpProxy> {
  const place = typeof to === 'number' ? { port: to, host: '127.0.0.1' } : to;
  const links = new Set<Link>();
  const watchers = new Set<{ matches: (chunk: Buffer) => boolean; seen: () => void }>();
  let mode: ProxyMode = { kind: 'open' };

  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ ...place, noDelay: true });
    const link: Link = { client, server: target, broken: mode.kind === 'silent' };
    links.add(link);
    pipe(link, 'client', 'server');
    pipe(link, 'server', 'client');
    if (mode.kind === 'cut') reset(link);
  });

  function pipe(link: Link, from: Side, to: Side): void {
    const source = link[from];
    const sink = link[to];
    const inOrder = createDelayQueue();
    source.on('data', (chunk: Buffer) => {
      if (!passes(link, from)) return;
      inOrder(mode.kind === 'slow' ? mode.delay : 0, () => {
        if (sink.writable && !sink.write(chunk)) pauseUntilDrained(source, sink);
        if (from === 'client') tellWatchers(chunk);
      });
    });
    source.on('end', () => {
      if (!isSilent(link)) inOrder(0, () => sink.end());
    });
    source.on('error', () => {
      if (!isSilent(link)) reset(link);
    });
    source.on('close', () => {
      if (sink.destroyed) links.delete(link);
    });
  }

  function passes(link: Link, from: Side): boolean {
    if (mode.kind === 'deaf') {
      link.broken ||= from === 'server';
      return from === 'client';
    }
    return !isSilent(link);
  }

  const isSilent = (link: Link): boolean => link.broken && mode.kind !== 'deaf';

  function tellWatchers(chunk: Buffer): void {
    for (const watcher of watchers) {
      if (!watcher.matches(chunk)) continue;
      watchers.delete(watcher);
      watcher.seen();
    }
  }

  function reset(link: Link): void {
    links.delete(link);
    link.client.resetAndDestroy();
    if (typeof to === 'number' || !('path' in to)) link.server.resetAndDestroy();
    else link.server.destroy(); // a Unix socket cannot be reset
  }

  function set(next: ProxyMode): void {
    const broken = [...links].filter((link) => link.broken);
    if (mode.kind === 'deaf') broken.forEach(reset);
    if (mode.kind === 'silent') setTimeout(() => broken.forEach(reset), keepAlive).unref();
    mode = next;
    if (next.kind === 'cut') [...links].forEach(reset);
    if (next.kind === 'silent') for (const link of links) link.broken = true;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    set,
    nextRequest: (matches) => new Promise((seen) => void watchers.add({ matches, seen })),
    async close() {
      [...links].forEach(reset);
      server.close();
      await once(server, 'close');
    },
  };
}

/** Runs the given work in order, each after its delay. */
function createDelayQueue(): (delay: number, work: () => void) => void {
  const waiting: { due: number; work: () => void }[] = [];
  function next(): void {
    for (let first = waiting[0]; first; first = waiting[0]) {
      const wait = first.due - performance.now();
      if (wait > 0) return void setTimeout(next, wait);
      waiting.shift();
      first.work();
    }
  }
  return (delay, work) => {
    waiting.push({ due: performance.now() + delay, work });
    if (waiting.length === 1) next();
  };
}

function pauseUntilDrained(source: Socket, sink: Socket): void {
  source.pause();
  sink.once('drain', () => source.resume());
  sink.once('close', () => source.resume());
}
