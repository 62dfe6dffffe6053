import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { execute } from '../../scripts/support/command.ts';
import { checkSchemas } from './schemas.ts';
import { writeTokenService, type TokenService } from './token-service.ts';

describe('a service with --auth jwt, changed as docs/access.md shows', function () {
  this.timeout(300_000);
  let service: TokenService;
  before(async () => (service = await writeTokenService()));
  after(() => service?.remove());

  const read = (file: string) => readFile(path.join(service.folder, file), 'utf8');
  const npm = (...args: string[]) => execute('npm', args, { cwd: service.folder });

  it('passes its types, lint and tests', async () => {
    for (const script of ['contracts', 'typecheck', 'lint']) await npm('run', script);
    const output = await npm('test');
    for (const title of ['GET /currencies needs no token', '401 to a request without a token, and 403'])
      assert.ok(output.includes(title), title);
  });

  it('has the issuer and the audience in .env.example, compose and the ConfigMap', async () => {
    await checkSchemas(service.folder);
    assert.match(
      await read('.env.example'),
      /^AUTH_ISSUER=http:\/\/localhost:9400\nAUTH_AUDIENCE=order-service$/m,
    );
    const { services } = parse(await read('docker-compose.yml'), { merge: true }) as {
      services: Record<string, { environment: Record<string, string> }>;
    };
    const { AUTH, AUTH_ISSUER, AUTH_AUDIENCE } = services['order-service']?.environment ?? {};
    assert.equal(AUTH, undefined);
    assert.match(AUTH_ISSUER ?? '', /^\$\{AUTH_ISSUER:\?/);
    assert.equal(AUTH_AUDIENCE, '${AUTH_AUDIENCE:-order-service}');
    const kustomization = await read('k8s/kustomization.yaml');
    assert.match(kustomization, /^ +- AUTH_ISSUER=https:\S+\n +- AUTH_AUDIENCE=order-service$/m);
  });

  it('answers each call of the page with its status, and guards its documents with DOCS=closed', () =>
    service.whileRunning({ DOCS: 'closed' }, async (url) => {
      await assertCalls(service.commands.slice(service.commands.indexOf('npm run dev') + 1));
      const statusOf = async (address: string) => (await fetch(url + address)).status;
      for (const open of ['/health/live', '/health/ready', '/metrics'])
        assert.equal(await statusOf(open), 200, open);
      for (const closed of ['/docs', '/openapi.json', '/']) assert.equal(await statusOf(closed), 401, closed);
    }));

  /** Runs the lines in one shell, which prints the answer to each call. */
  async function assertCalls(lines: string[]): Promise<void> {
    const calls = lines.filter((line) => line.startsWith('curl '));
    assert.equal(calls.length, 5, lines.join('\n'));
    const script = lines
      .join('\n')
      .replaceAll('localhost:8001', `localhost:${service.port}`)
      .replaceAll('curl -i', 'curl -si');
    const options = { cwd: service.folder, env: service.environment };
    const answers = (await execute('sh', ['-e', '-c', script], options)).split(/HTTP\/1\.1 /).slice(1);
    assert.deepEqual(
      answers.map((answer) => answer.slice(0, 3)),
      calls.map((call) => /# (\d+)$/.exec(call)?.[1]),
    );
    assert.match(answers[1] ?? '', /^www-authenticate: Bearer realm="order-service"\r$/im);
    assert.match(answers[3] ?? '', /error="insufficient_scope", scope="orders:write"\r$/im);
  }

  it('in production does not start without an issuer or AUTH=none, and names both in one line', async () => {
    await npm('run', 'build');
    const env = { ...service.environment, NODE_ENV: 'production', AUTH: '', AUTH_ISSUER: '' };
    const starting = execute('npm', ['start'], { cwd: service.folder, env });
    await assert.rejects(starting, ({ message }: Error) => {
      const lines = message.split('\n').filter((line) => line.includes('AUTH'));
      assert.equal(lines.length, 1, message);
      assert.match(lines[0] ?? '', /AUTH and AUTH_ISSUER are not set; .* AUTH=none to accept every caller/);
      return true;
    });
  });
});
