import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startFakeApi, type FakeApi } from 'microservice-devkit/testing';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const address = 'https://api.example.com/v1';

describe('the first example of docs/external-calls.md', () => {
  let fake: FakeApi;
  let folder: string;
  before(async () => {
    fake = await startFakeApi({
      'GET /rates/:country': { status: 200, body: { rate: 0.19 } },
      'POST /invoices': { status: 201, body: {} },
    });
    await mkdir(path.join(root, '.tmp'), { recursive: true });
    folder = await mkdtemp(path.join(root, '.tmp', 'example-'));
  });
  after(async () => {
    await fake.stop();
    await rm(folder, { recursive: true });
  });

  it('sends its two calls', async () => {
    const page = await readFile(path.join(root, 'docs', 'external-calls.md'), 'utf8');
    const [, example = ''] = /^```ts\n([^]*?)^```$/m.exec(page) ?? [];
    assert.ok(example.includes(address));
    const [imports = '', calls = ''] = example.replace(address, fake.url).split('\n\n');
    const values = `const country = 'DE/1';\nconst invoice = { id: 'invoice-1' };`;
    const file = path.join(folder, 'example.ts');
    await writeFile(file, [imports, values, calls, 'export const result = body;'].join('\n'));
    const { result } = (await import(pathToFileURL(file).href)) as { result: unknown };
    assert.deepEqual(result, { rate: 0.19 });
    const [read, write] = fake.requests;
    assert.deepEqual([read?.params, String(read?.query)], [{ country: 'DE/1' }, 'at=2026-01-01']);
    assert.deepEqual([write?.body, write?.headers['idempotency-key']], [{ id: 'invoice-1' }, 'invoice-1']);
  });
});
