import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { findFreePort } from '../../../src/devkit/postgres/server/free-port.ts';
import { findPortHolder, portHolderText } from '../../../src/devkit/processes/port-holder.ts';

describe('the holder of a port', () => {
  const servers: net.Server[] = [];
  const listen = async (host: string): Promise<number> => {
    const server = net.createServer().listen(0, host);
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    assert(typeof address === 'object' && address);
    return address.port;
  };

  before(function () {
    if (process.platform !== 'linux') this.skip(); // other platforms need lsof
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    it(`is named with its command for a server on ${host}`, async function () {
      const port = await listen(host).catch(() => this.skip());
      const holder = await findPortHolder(port);
      assert.equal(holder?.pid, process.pid);
      assert.match(holder?.command ?? '', /mocha/);
      assert.match(await portHolderText(port), new RegExp(`^process ${process.pid} \\(.+\\)$`));
    });
  }

  it('is undefined for a free port, and called "something" in a message', async () => {
    const port = await findFreePort('127.0.0.1');
    assert.equal(await findPortHolder(port), undefined);
    assert.equal(await portHolderText(port), 'something');
  });
});
