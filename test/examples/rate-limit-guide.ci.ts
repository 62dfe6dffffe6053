import assert from 'node:assert/strict';
import { createGuidedService, type GuidedService } from './guided-service.ts';

describe('docs/rate-limit.md', function () {
  this.timeout(300_000);
  let service: GuidedService;
  before(async () => {
    service = await createGuidedService('rate-limit');
  });
  after(() => service?.remove());

  it('adds a limit to a generated service, which compiles, is formatted, and passes its tests, old and new', async () => {
    await service.change('20270101000000_rate_limits', 3);
    await service.write('test/user-limit.test.ts', testOf(service.page));
    await service.run('tsc', '--noEmit');
    await service.run('prettier', '--check', 'src', 'migrations', 'test');
    await service.run('microservice-runtime', 'contracts');
    assert.match(await service.run('mocha'), /accepts 100 requests in a minute/);
  });
});

/** The test file that a page shows. */
function testOf(page: string): string {
  const [, test] = /^```ts\n(import [^]*?)^```$/m.exec(page) ?? [];
  assert.ok(test);
  return test;
}
