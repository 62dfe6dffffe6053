import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBroker, type Broker } from '../../../src/devkit/broker/broker.ts';
import { clients } from './clients/catalog.ts';
import { connectProtocol } from './protocol-client.ts';
import { messages } from './schema/message.ts';
import { samples } from './versions/samples.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const page = readFileSync(join(root, 'docs', 'embedded-broker.md'), 'utf8');

interface ApiVersions {
  apiKeys: { apiKey: number; minVersion: number; maxVersion: number }[];
}

describe('docs/embedded-broker.md', () => {
  let broker: Broker;

  before(async () => {
    broker = await startBroker();
  });
  after(() => broker.stop());

  it('lists the versions that the broker announces', async () => {
    const client = await connectProtocol(broker.bootstrapServers);
    const { apiKeys } = await client.ask<ApiVersions>('ApiVersions', 4, {
      clientSoftwareName: 'documentation',
      clientSoftwareVersion: '1',
    });
    client.close();
    const announced = apiKeys.map(({ apiKey, minVersion, maxVersion }) => [
      [...messages.values()].find(({ key }) => key === apiKey)?.name ?? '',
      String(apiKey),
      minVersion === maxVersion ? String(minVersion) : `${minVersion} to ${maxVersion}`,
    ]);
    assert.deepEqual(rowsBehind('| API'), announced);
    const asked = Object.keys(samples).map((name) => messages.get(name)!.key);
    assert.deepEqual(
      new Set(asked),
      new Set(apiKeys.map(({ apiKey }) => apiKey)),
      'all are asked for in tests',
    );
  });

  it('names the clients that tests run, and no others', () => {
    const listed = rowsBehind('| client').map(([name, version, , test]) => ({ name, version, test }));
    assert.deepEqual(
      listed,
      Object.values(clients).map(({ name, version, test }) => ({ name, version, test })),
    );
    for (const { test } of Object.values(clients)) assert.ok(existsSync(join(root, test)), test);
  });
});

/** The cells of the table with this first header, without code marks. */
function rowsBehind(head: string): string[][] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(head));
  assert.ok(start >= 0, `no table begins with "${head}"`);
  const behind = lines.slice(start + 2);
  return behind
    .slice(
      0,
      behind.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}
