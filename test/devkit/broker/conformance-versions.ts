import assert from 'node:assert/strict';
import type { BrokerAddress } from './conformance.ts';
import { connectProtocol, type ProtocolClient } from './protocol-client.ts';
import { encodeMessage } from './schema/encode.ts';
import { messages } from './schema/message.ts';
import { samples, type Sample } from './versions/samples.ts';
import { openWorld, type World } from './versions/world.ts';

interface ApiVersions {
  errorCode: number;
  apiKeys: { apiKey: number; minVersion: number; maxVersion: number }[];
}

/** Each version that the embedded broker announces, by the definitions of Kafka's messages. */
export function versionSuite(broker: BrokerAddress): void {
  describe('every version', () => {
    let world: World;

    before(async () => {
      world = await openWorld(broker.bootstrapServers);
    });
    after(() => world?.client.close());

    it('that is served is announced', async () => {
      const { apiKeys } = await world.client.ask<ApiVersions>('ApiVersions', 0);
      for (const [name, { versions }] of Object.entries(samples)) {
        const api = apiKeys.find(({ apiKey }) => apiKey === messages.get(name)!.key);
        const isAnnounced = api && api.minVersion <= versions[0] && api.maxVersion >= versions[1];
        assert.ok(isAnnounced, `${name} ${versions.join('-')}: ${JSON.stringify(api)}`);
      }
    });

    for (const [name, sample] of Object.entries(samples)) {
      it(`of ${name} is answered exactly, and skips unknown tags`, async () => {
        for (const version of versionsOf(sample)) {
          const values = await sample.values(world, version);
          const answer = await askAlone(broker, name, version, values);
          assert.deepEqual(errorsIn(answer), sample.errors?.(version) ?? [], `version ${version}`);
        }
      });

      it(`of ${name} closes the connection when its last byte is missing`, async () => {
        for (const version of versionsOf(sample)) {
          const whole = encodeMessage(name, version, await sample.values(world, version));
          const torn = Buffer.from(whole.subarray(0, -1));
          torn.writeInt32BE(torn.length - 4, 0);
          const client = await connectProtocol(broker.bootstrapServers);
          client.write(torn);
          await client.closed;
        }
      });
    }
  });
}

function versionsOf({ versions: [first, last] }: Sample): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** On a separate connection, since the broker closes it when it cannot read the request. */
async function askAlone(broker: BrokerAddress, name: string, version: number, values: object) {
  const client: ProtocolClient = await connectProtocol(broker.bootstrapServers);
  try {
    return await client.ask<object>(name, version, { ...values }, { unknownTags: true });
  } catch (cause) {
    throw new Error(`${name} version ${version}: ${String(cause)}`, { cause });
  } finally {
    client.close();
  }
}

/** The error codes in an answer, except for 0. */
export function errorsIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'errorCode' ? (inner === 0 ? [] : [Number(inner)]) : errorsIn(inner),
  );
}
