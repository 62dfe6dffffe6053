import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { startBroker } from '../../../../src/devkit/broker/broker.ts';
import { createFrameSplitter } from '../../../../src/devkit/broker/frames.ts';
import { findKcat } from '../kcat.ts';
import { captured, type Collection } from './capture.ts';

/** On Linux all of 127.0.0.0/8 is this machine: a server can listen on the same port at another address. */
const OTHER_LOOPBACK = '127.0.0.2';

/**
 * Collects the requests of librdkafka for producing, listing, consuming and joining a group; returns the reason if kcat is
 * missing.
 */
export async function captureKcat(collection: Collection): Promise<void> {
  const kcat = await findKcat();
  if ('missing' in kcat) {
    console.log(`      SKIPPED, no request of librdkafka is among these: ${kcat.missing}`);
    return;
  }
  const broker = await startBroker({ advertisedHost: OTHER_LOOPBACK });
  const relay = await listenIn(broker.port, collection);
  const { topic, groupId } = captured;
  const to = ['-b', broker.bootstrapServers];
  for (const codec of ['none', 'gzip', 'lz4']) {
    const settings = ['-X', 'enable.idempotence=true', '-z', codec, '-H', 'name=value', '-K', ':'];
    await kcat.run([...to, '-P', '-t', topic, ...settings], 'a:1\nb:2\nc:3\n');
  }
  await kcat.run([...to, '-L']);
  await kcat.run([...to, '-Q', '-t', `${topic}:0:1`]);
  await kcat.run([...to, '-C', '-t', topic, '-e', '-q', '-X', 'fetch.wait.max.ms=5']);
  const settings = [
    '-X',
    'auto.offset.reset=earliest',
    '-X',
    'heartbeat.interval.ms=50',
    '-X',
    'max.poll.interval.ms=6000',
    '-X',
    'session.timeout.ms=6000',
  ];
  await kcat.run([...to, '-G', groupId, '-c', '9', ...settings, topic]);
  relay.close();
  await broker.stop();
}

/** Forwards everything to 127.0.0.1, and collects the bytes. */
async function listenIn(port: number, collection: Collection): Promise<{ close(): void }> {
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    sockets.push(client, upstream);
    const split = createFrameSplitter();
    client.on('data', (chunk: Buffer) =>
      split(chunk).forEach((request) => collection.add(withSize(request))),
    );
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  server.listen(port, OTHER_LOOPBACK);
  await once(server, 'listening');
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function withSize(request: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(request.length);
  return Buffer.concat([size, request]);
}
