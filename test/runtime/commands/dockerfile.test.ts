import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createFixtureService, type FixtureService } from '../support/fixture-service.ts';

describe('microservice-runtime dockerfile', function () {
  this.timeout(60_000);
  let service: FixtureService;
  beforeEach(() => {
    service = createFixtureService();
  });
  afterEach(() => service.remove());

  const run = (...args: string[]) => service.run('microservice-runtime', ['dockerfile', ...args]);
  const text = () => readFileSync(path.join(service.root, 'Dockerfile'), 'utf8');

  it('writes the base Dockerfile for npm, and then finds it up to date', async () => {
    assert.equal((await run()).stdout, 'wrote Dockerfile\n');
    assert.match(text(), /npm ci --omit=dev/);
    assert.equal((await run()).stdout, 'Dockerfile is up to date\n');
    service.write('Dockerfile', text().replaceAll('\n', '\r\n'));
    assert.equal((await run('--check')).code, 0, 'line endings of Windows are the same text');
  });

  it('writes the Dockerfile for pnpm if pnpm-lock.yaml exists', async () => {
    service.write('pnpm-lock.yaml', '');
    await run();
    assert.match(text(), /pnpm install --prod --frozen-lockfile/);
  });

  it('writes the Dockerfile for Yarn if yarn.lock exists', async () => {
    service.write('yarn.lock', '');
    await run();
    assert.match(text(), /yarn workspaces focus --production/);
  });

  it('fails with --check if the Dockerfile differs, and does not change it', async () => {
    service.write('Dockerfile', 'FROM scratch\n');
    const { code, stderr } = await run('--check');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Dockerfile differs from the one of this version; run microservice-runtime dockerfile/,
    );
    assert.equal(text(), 'FROM scratch\n');
  });
});

describe('microservice-runtime', function () {
  this.timeout(60_000);
  let service: FixtureService;
  before(() => {
    service = createFixtureService();
  });
  after(() => service.remove());

  it('lists its commands and flags with --help, and its version with --version', async () => {
    const help = await service.run('microservice-runtime', ['--help']);
    assert.equal(help.code, 0);
    for (const word of ['migrate', '--sql', '--after', 'contracts', 'dockerfile', '--check']) {
      assert.ok(help.stdout.includes(word), word);
    }
    assert.match((await service.run('microservice-runtime', ['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('answers an unknown command in one line and exits with 2', async () => {
    const { code, stderr } = await service.run('microservice-runtime', ['migrat']);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^microservice-runtime: unknown command "migrat"; the commands are migrate, contracts, dockerfile, .*lag, run\n$/,
    );
    const flag = await service.run('microservice-runtime', ['--watch']);
    assert.match(flag.stderr, /^microservice-runtime: unknown flag --watch; the commands are migrate, /);
  });
});
