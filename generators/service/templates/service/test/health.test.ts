import assert from 'node:assert/strict';
import { startService, type TestService } from './start-service.ts';

describe('the service', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  it('is live and ready', async () => {
    assert.equal((await service.request('GET', '/health/live')).status, 200);
    assert.equal((await service.request('GET', '/health/ready')).status, 200);
  });

  it('documents its API as OpenAPI 3.1', async () => {
    const { status, body } = await service.request<{ openapi: string }>('GET', '/openapi.json');
    assert.equal(status, 200);
    assert.match(body.openapi, /^3\.1\./);
  });

  it('answers 404 with a problem on an unknown path', async () => {
    const { status, headers } = await service.request('GET', '/no-such-path');
    assert.equal(status, 404);
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
  });
});
