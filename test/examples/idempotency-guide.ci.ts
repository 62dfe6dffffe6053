import { createGuidedService, type GuidedService } from './guided-service.ts';

/** The owner's test of the key, with the command of the page. */
const testOf = ({ key, body }: { key: string; body: string }): string => `
import assert from 'node:assert/strict';
import { startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { User } from '../src/models/user.ts';

describe('POST /v1/users with an Idempotency-Key', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readConfig);
  });
  after(() => service.stop());

  const post = () => service.request<User>('POST', '/v1/users', ${body}, { 'idempotency-key': '${key}' });

  it('creates one user and one event, and replays the answer', async () => {
    const first = await post().expect(201);
    const second = await post().expect(201);
    assert.deepEqual(second.body, first.body);
    assert.equal(first.headers.get('idempotency-replayed'), null);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.deepEqual(await service.readPages('/v1/users'), [[first.body]]);
    await service.waitForEvent('user.events', { type: 'user.created', subject: first.body.id });
    assert.equal((await service.published('user.events')).length, 1);
  });
});
`;

describe('docs/idempotency.md', function () {
  this.timeout(300_000);
  let service: GuidedService;
  before(async () => {
    service = await createGuidedService('idempotency');
  });
  after(() => service?.remove());

  it('adds keys to a generated service, which compiles, passes its tests, and handles the command of the page once', async () => {
    await service.change('20270101000000_idempotency_keys', 2);
    const [, key = '', body = ''] = /Idempotency-Key: (.*)' \\\n +-d '(.*)'\n/.exec(service.page) ?? [];
    await service.write('test/idempotency.test.ts', testOf({ key, body }).trimStart());
    await service.run('tsc', '--noEmit');
    await service.run('prettier', '--check', 'src', 'migrations');
    await service.run('microservice-runtime', 'contracts');
    await service.run('mocha');
  });
});
