import assert from 'node:assert/strict';
import type { BrokerAddress } from './conformance.ts';
import { connectProtocol, encodeRequest, type ProtocolClient } from './protocol-client.ts';

const PRODUCE = 0;
const API_VERSIONS = 18;
const UNSUPPORTED_VERSION = 35;

interface ApiVersions {
  errorCode: number;
  apiVersions: { apiKey: number; minVersion: number; maxVersion: number }[];
}

export function wireSuite(broker: BrokerAddress): void {
  describe('the wire', () => {
    let client: ProtocolClient;

    beforeEach(async () => {
      client = await connectProtocol(broker.bootstrapServers);
    });
    afterEach(() => client.close());

    for (const version of [0, 1, 2]) {
      it(`lists its APIs in answer to ApiVersions version ${version}`, async () => {
        const answer = await client.call<ApiVersions>('ApiVersions', version, {});
        assert.equal(answer.errorCode, 0);
        assertSpeaksKafkaJs(answer.apiVersions);
      });
    }

    it('answers the flexible version 3 of ApiVersions, which has a plain response header', async () => {
      const software = Buffer.from([0, 5, ...Buffer.from('kcat'), 4, ...Buffer.from('1.0'), 0]);
      client.write(request(API_VERSIONS, 3, software));
      const answer = await client.read();
      assert.equal(answer.readInt32BE(0), 7, 'correlation id');
      assert.equal(answer.readInt16BE(4), 0, 'error code');
      const count = answer.readUInt8(6) - 1;
      assert.ok(count > 15 && count < 120, `${count} APIs`);
    });

    it('answers an unknown version of ApiVersions in version 0', async () => {
      const taggedFields = Buffer.from([0]);
      client.write(request(API_VERSIONS, 99, taggedFields));
      const answer = await client.read();
      assert.equal(answer.readInt16BE(4), UNSUPPORTED_VERSION);
      const known = Array.from({ length: answer.readInt32BE(6) }, (_, i) => answer.readInt16BE(10 + i * 6));
      assert.deepEqual(known, [API_VERSIONS]);
    });

    it('closes the connection on an unknown API', async () => {
      client.write(request(999, 0, Buffer.alloc(0)));
      await client.closed;
    });

    it('closes the connection on an unsupported version', async () => {
      client.write(request(PRODUCE, 99, Buffer.alloc(0)));
      await client.closed;
    });

    it('closes the connection on a request that is too large', async () => {
      client.write(Buffer.from([0x7f, 0xff, 0xff, 0xff]));
      await client.closed;
    });

    it('closes the connection on a body that ends too early, and continues to answer other connections', async () => {
      const whole = await encodeRequest('JoinGroup', 5, {
        groupId: 'group',
        sessionTimeout: 6000,
        rebalanceTimeout: 6000,
        memberId: '',
        protocolType: 'consumer',
        groupProtocols: [{ name: 'range' }],
      });
      const torn = Buffer.from(whole.subarray(0, -6));
      torn.writeInt32BE(torn.length - 4, 0);
      client.write(torn);
      await client.closed;

      const other = await connectProtocol(broker.bootstrapServers);
      const answer = await other.call<ApiVersions>('ApiVersions', 2, {});
      assert.equal(answer.errorCode, 0);
      other.close();
    });

    it('answers requests in order, whether they arrive in one piece or in single bytes', async () => {
      const [first, second] = await Promise.all([
        encodeRequest('ApiVersions', 2, {}, 1),
        encodeRequest('ListGroups', 2, {}, 2),
      ]);
      client.write(Buffer.concat([first, second]));
      for (const byte of first) client.write(Buffer.from([byte]));
      const ids = [await client.read(), await client.read(), await client.read()];
      assert.deepEqual(
        ids.map((answer) => answer.readInt32BE(0)),
        [1, 2, 1],
      );
    });
  });
}

function request(apiKey: number, version: number, body: Buffer): Buffer {
  const header = Buffer.alloc(14);
  header.writeInt32BE(10 + body.length, 0);
  header.writeInt16BE(apiKey, 4);
  header.writeInt16BE(version, 6);
  header.writeInt32BE(7, 8);
  header.writeInt16BE(-1, 12);
  return Buffer.concat([header, body]);
}

/** The highest version of each API that KafkaJS 2.2.4 uses in a service must be answered. */
function assertSpeaksKafkaJs(apis: ApiVersions['apiVersions']): void {
  const used = {
    0: 7, 1: 11, 2: 3, 3: 6, 8: 5, 9: 4, 10: 2, 11: 5, 12: 3, 13: 3, 14: 3,
    15: 2, 16: 2, 17: 1, 18: 2, 19: 3, 20: 1, 21: 1, 22: 1, 29: 1, 30: 1, 31: 1, 32: 2, 33: 1, 37: 1, 42: 1, 45: 0, 46: 0,
  }; // prettier-ignore
  for (const [key, version] of Object.entries(used)) {
    const api = apis.find(({ apiKey }) => apiKey === Number(key));
    assert.ok(api && api.minVersion <= version && api.maxVersion >= version, `API ${key} version ${version}`);
  }
}
