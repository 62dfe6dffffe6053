import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createFixtureService, type FixtureService } from '../support/fixture-service.ts';

/** A service whose bus and server would fail if a command started them. */
const app = `const part = (name: string) => ({
  name,
  start: async () => console.log('start ' + name),
  stop: async () => console.log('stop ' + name),
});
const refuse = (name: string) => ({ name, start: () => Promise.reject(new Error(name + ' was started')) });

export function createService(config: { name: string; shutdownTimeout: number }) {
  const [database, bus, server] = [part('database'), refuse('bus'), refuse('server')];
  return { config, database, bus, server, parts: [database, bus, server] };
}
`;
const config = `export const readConfig = (environment: NodeJS.ProcessEnv) => ({
  name: environment['SERVICE_NAME'],
  shutdownTimeout: 200,
});
`;
const command = `import type { CommandCall } from 'microservice-runtime';
import type { createService } from '../app.ts';

export async function run({ config }: ReturnType<typeof createService>, { args, signal }: CommandCall) {
  const [does] = args;
  console.log(config.name, JSON.stringify(args));
  if (does === 'fail') throw new Error('no rates for 2026');
  if (does !== 'wait' && does !== 'ignore') return;
  console.log('waiting');
  const tick = setInterval(() => {}, 1_000);
  await new Promise<void>((resolve) => does === 'wait' && signal.addEventListener('abort', () => resolve()));
  clearInterval(tick);
}
`;

describe('microservice-runtime run', function () {
  this.timeout(60_000);
  let service: FixtureService;
  before(() => {
    service = createFixtureService({
      'src/app.ts': app,
      'src/config.ts': config,
      'src/commands/recalculate-totals.ts': command,
      'src/commands/another.ts': command,
      'migrations/1_none.ts':
        'export async function up(): Promise<void> {}\nexport async function down(): Promise<void> {}\n',
      '.env': 'SERVICE_NAME=order-service\n',
    });
  });
  after(() => service.remove());
  const run = (...args: string[]) => service.run('microservice-runtime', ['run', ...args]);

  it('runs a command with the parts of the service, except the bus and the server, and all its arguments', async () => {
    const { code, stdout, stderr } = await run('recalculate-totals', '2026', '--help', '--dry-run');
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, 'start database\norder-service ["2026","--help","--dry-run"]\nstop database\n');
  });

  it('runs the compiled command in an image', async () => {
    const image = service.image();
    const environment = { NODE_ENV: 'production', SERVICE_NAME: 'order-service' };
    const { code, stdout } = await image.run('microservice-runtime', ['run', 'another', 'x'], environment);
    assert.deepEqual([code, stdout], [0, 'start database\norder-service ["x"]\nstop database\n']);
    image.remove();
  });

  it('lists the commands without a name, and refuses an unknown one with 2', async () => {
    assert.deepEqual(await run(), { code: 0, stdout: 'another\nrecalculate-totals\n', stderr: '' });
    const { code, stderr } = await run('../app');
    assert.equal(code, 2);
    assert.match(stderr, /the service has no command "\.\.\/app"; it has another, recalculate-totals; see/);
  });

  it('stops the parts and exits with 1 when the command fails', async () => {
    const { code, stdout, stderr } = await run('recalculate-totals', 'fail');
    assert.equal(code, 1);
    assert.match(stdout, /stop database\n$/);
    assert.match(stderr, /^microservice-runtime: no rates for 2026$/m);
  });

  for (const [does, message] of [
    ['wait', /recalculate-totals was stopped by SIGTERM/],
    ['ignore', /the command did not stop within 200 ms after SIGTERM/],
  ] as const)
    it(`exits with 143 after SIGTERM if the command is to ${does}`, async () => {
      const child = service.start('microservice-runtime', ['run', 'recalculate-totals', does]);
      let [stdout, stderr] = ['', ''];
      child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
      child.stdout?.on('data', (text: Buffer) => {
        stdout += text.toString();
        if (text.includes('waiting')) child.kill('SIGTERM');
      });
      const [code] = (await once(child, 'close')) as [number];
      assert.equal(code, 143);
      assert.match(stderr, message);
      assert.equal(stdout.includes('stop database'), does === 'wait');
    });
});
