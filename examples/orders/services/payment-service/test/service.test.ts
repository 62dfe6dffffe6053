import assert from 'node:assert/strict';
import { checkContracts, startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

describe('the service', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readConfig);
  });
  after(() => service.stop());

  it('is live and ready', async () => {
    await service.request('GET', '/health/live').expect(200);
    await service.request('GET', '/health/ready').expect(200);
  });

  it('documents its API as OpenAPI 3.1', async () => {
    const { body } = await service.request<{ openapi: string }>('GET', '/openapi.json').expect(200);
    assert.match(body.openapi, /^3\.1\./);
  });

  it('has up-to-date contract files (otherwise, run `npm run contracts` and commit the files)', () =>
    checkContracts());
});
