import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

describe('startTcpProxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let clients: Socket[];
  let heard: string;

  beforeEach(async () => {
    clients = [];
    heard = '';
    // answers each chunk with its text in capitals
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
        socket.write(text.toUpperCase());
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startTcpProxy((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const client of clients) client.destroy();
    await proxy.close();
    server.close();
  });

  it('passes bytes in both directions', async () => {
    assert.equal(await ask(await open(), 'hello'), 'HELLO');
  });

  it('resets open and new connections when it cuts them', async () => {
    const client = await open();
    proxy.set({ kind: 'cut' });
    const [error]: NodeJS.ErrnoException[] = await once(client, 'error');
    assert.equal(error?.code, 'ECONNRESET');
    await assert.rejects(async () => ask(await open(), 'hello'));
  });

  it('passes no bytes of a half-open connection, even afterwards, and all bytes of a new connection', async () => {
    const client = await open();
    proxy.set({ kind: 'silent' });
    client.write('lost');
    assert.equal(await answerWithin(client, 50), undefined);
    proxy.set({ kind: 'open' });
    client.write('lost too');
    assert.equal(await answerWithin(client, 50), undefined);
    assert.equal(heard, '');
    assert.equal(await ask(await open(), 'hello'), 'HELLO');
  });

  it('lets requests arrive and drops the answers, then resets the connection', async () => {
    const client = await open();
    proxy.set({ kind: 'deaf' });
    client.write('done');
    assert.equal(await answerWithin(client, 50), undefined);
    assert.equal(heard, 'done');
    const reset = once(client, 'error');
    proxy.set({ kind: 'open' });
    await reset;
  });

  it('delays bytes, and keeps their order', async () => {
    const client = await open();
    const begun = performance.now();
    proxy.set({ kind: 'slow', delay: 40 });
    client.write('a');
    await pause(5);
    proxy.set({ kind: 'open' });
    client.write('b');
    let answers = '';
    while (answers.length < 2) answers += String((await once(client, 'data'))[0]);
    assert.equal(answers, 'AB');
    assert.ok(performance.now() - begun >= 40);
  });

  it('reports when a request has passed', async () => {
    const client = await open();
    const seen = proxy.nextRequest((chunk) => chunk.toString() === 'this');
    client.write('this');
    await seen;
  });

  async function open(): Promise<Socket> {
    const client = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true });
    clients.push(client);
    await once(client, 'connect');
    return client;
  }
});

async function ask(client: Socket, text: string): Promise<string> {
  client.write(text);
  const [answer]: Buffer[] = await once(client, 'data');
  return String(answer);
}

/** Undefined if no answer arrives. */
async function answerWithin(client: Socket, milliseconds: number): Promise<string | undefined> {
  const signal = AbortSignal.timeout(milliseconds);
  return once(client, 'data', { signal }).then(
    ([answer]) => String(answer),
    () => undefined,
  );
}
