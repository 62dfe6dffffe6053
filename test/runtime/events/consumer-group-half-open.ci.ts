import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { startBroker } from '../../../src/devkit/broker/broker.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

/** A second address of loopback, which Linux has by default. */
const advertisedHost = '127.0.0.2';

describe('a half-open connection to Kafka', function () {
  this.timeout(60_000);
  let fixture: Fixture;
  before(async () => (fixture = await createFixture(1)));
  after(() => fixture.close());

  /** A relay between the clients and a broker that advertises the relay's address. */
  async function startRelay(host: string, port: number) {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const broker = connect({ host, port });
      for (const [from, to] of [
        [client, broker],
        [broker, client],
      ] as const) {
        sockets.add(from);
        from.on('error', () => {}).on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    server.listen(port, advertisedHost);
    await once(server, 'listening');
    return {
      /** Open connections stay open and swallow all data. New connections work. */
      swallow: () => sockets.forEach((socket) => socket.unpipe().resume()),
      close() {
        sockets.forEach((socket) => socket.destroy());
        server.close();
      },
    };
  }

  it('is closed by a consumer, which continues on a new connection', async () => {
    const broker = await startBroker({ advertisedHost });
    const relay = await startRelay('127.0.0.1', broker.port);
    const driver = createKafkaDriver(
      { ...fixture.config.kafka, bootstrapServers: [`${advertisedHost}:${broker.port}`] },
      { clientId: 'test', logger: fixture.logger },
    );
    await driver.ensureTopics([noteWritten.topic]);
    const texts: string[] = [];
    const consumers = fixture.consumers({ driver });
    consumers.subscribe({
      topics: [noteWritten.topic],
      handler: async ({ id }) => void texts.push(id),
    });
    consumers.start();
    const send = async (id: string): Promise<void> => {
      const sender = driver.createSender();
      const headers = { ce_id: id, ce_type: 'note.written', ce_source: 'test' };
      await sender.send([{ topic: noteWritten.topic, key: 'a', value: '{}', headers }]);
      await sender.close();
    };
    await send('before');
    await waitFor(() => texts.includes('before'));
    relay.swallow();
    await send('after');
    const begun = performance.now();
    await waitFor(() => texts.includes('after'));
    assert.deepEqual(texts, ['before', 'after']);
    console.log(`      after ${Math.round(performance.now() - begun)} ms`);
    assert.ok(fixture.log.some(({ msg }) => /did not answer a request/.test(msg)));
    await consumers.stop();
    await driver.close();
    relay.close();
    await broker.stop();
  });
});
