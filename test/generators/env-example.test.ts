import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { serviceVariables } from '../../src/runtime/config/service-config.ts';

const service = path.resolve(import.meta.dirname, '..', '..', 'examples', 'shop', 'services', 'user-service');

describe('.env.example of a service', () => {
  it('names every variable that the runtime reads, and no other', async () => {
    const text = await readFile(path.join(service, '.env.example'), 'utf8');
    const named = [...text.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name);
    assert.deepEqual(named.toSorted(), Object.keys(serviceVariables).toSorted());
  });
});
