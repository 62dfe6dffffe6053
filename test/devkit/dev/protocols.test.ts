import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { startBroker } from '../../../src/devkit/broker/broker.ts';
import { findKafka, findPostgres } from '../../../src/devkit/dev/servers/protocols.ts';

/** The wait for a silent server, in ms; the test takes far less. */
const PATIENCE = 100_000;
const AT_ONCE = 20_000;

describe('the server at an address', () => {
  const cleanUp: (() => unknown)[] = [];

  afterEach(async () => {
    for (const clean of cleanUp.splice(0).toReversed()) await clean();
  });

  /** `accept` gets each connection with its number, the first of which is 1. */
  const listen = async (accept: (socket: Socket, count: number, server: Server) => void) => {
    let count = 0;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      accept(socket, (count += 1), server);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.push(() => server.close());
    const address = server.address();
    assert(typeof address === 'object' && address);
    return { host: '127.0.0.1', port: address.port };
  };

  /** Turns a connection into one to a broker whose answers arrive in two pieces. */
  const brokerBehind = async () => {
    const broker = await startBroker();
    cleanUp.push(() => broker.stop());
    return (socket: Socket) => {
      const behind = connect(broker.port, broker.host).on('error', () => undefined);
      socket.on('close', () => behind.destroy());
      socket.setNoDelay(true).pipe(behind);
      behind.on('data', (bytes) => {
        socket.write(bytes.subarray(0, 4));
        setImmediate(() => setImmediate(() => socket.write(bytes.subarray(4))));
      });
    };
  };

  it('is Kafka even if its answer arrives in pieces', async () => {
    const pass = await brokerBehind();
    assert.equal(await findKafka(await listen((socket) => pass(socket))), 'server');
  });

  it('is queried again while it resets or closes accepted connections', async () => {
    const pass = await brokerBehind();
    const address = await listen((socket, count) => {
      if (count === 1) socket.resetAndDestroy();
      else if (count === 2) socket.end();
      else pass(socket);
    });
    assert.equal(await findKafka(address), 'server');
    const postgres = await listen((socket, count) =>
      count === 1 ? socket.resetAndDestroy() : socket.end('N'),
    );
    assert.equal(await findPostgres(postgres), 'server');
  });

  it('is absent after a stopping server has reset the connection', async () => {
    const address = await listen((socket, _, server) => {
      socket.resetAndDestroy();
      server.close();
    });
    assert.equal(await findKafka(address), 'nothing');
  });

  it('is unknown at once when it answers in another protocol', async () => {
    const begun = performance.now();
    const alert = Uint8Array.of(21, 3, 1, 0, 2, 2, 40); // TLS
    for (const answer of [alert, 'HTTP/1.1 400 Bad Request\r\n\r\n']) {
      const address = await listen((socket) => socket.end(answer));
      assert.equal(await findKafka(address, PATIENCE), 'stranger');
      assert.equal(await findPostgres(address, PATIENCE), 'stranger');
    }
    assert(performance.now() - begun < AT_ONCE);
  });

  it('is unknown after a timeout when it never answers', async () => {
    const address = await listen((socket) => socket.destroy());
    assert.equal(await findKafka(address, 300), 'stranger');
  });
});
