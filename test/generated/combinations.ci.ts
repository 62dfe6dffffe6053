import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { collect, end, execute, start } from '../../scripts/support/command.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { type Registry, useRegistry } from '../support/registry.ts';
import { pairwise } from './pairwise.ts';
import { checkCompose, checkSchemas } from './schemas.ts';
import { choices, flagsOf, textOf, writeContract } from './services.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { untilReady } from '../../scripts/support/until-ready.ts';

const combinations = pairwise(choices, 12);

/** The supported versions of each package manager besides npm. The combinations use them in turn. */
const versions = {
  npm: ['npm'],
  pnpm: ['pnpm@10.34.8', 'pnpm@12.21.0'],
  yarn: ['@yarnpkg/cli-dist@4.18.1'],
};
const turns = { npm: 0, pnpm: 0, yarn: 0 };
const runs = combinations.map((answers) => {
  const { packageManager } = answers;
  const all = versions[packageManager];
  const tool = all[turns[packageManager]++ % all.length] ?? packageManager;
  return { answers, tool, title: Object.values({ ...answers, packageManager: tool }).join(', ') };
});

describe(`${combinations.length} combinations of answers, which cover every pair of answers`, function () {
  this.timeout(300_000);
  let folder: string;
  let workspace: string;
  let contract: string;
  let registry: Registry;
  let environment: NodeJS.ProcessEnv;
  let command: string;

  before(async () => {
    folder = await temporaryFolder('combinations');
    registry = await useRegistry();
    environment = { ...registry.environment, CI: '' };
    const tools = [...versions.pnpm, ...versions.yarn];
    await Promise.all(tools.map((tool) => installTool(tool, process.env)));
    await installTool('create-microservice', environment);
    command = path.join(binOf('create-microservice'), 'create-microservice');
    await generate(folder, ['workspace', 'shop', '--yes']);
    workspace = path.join(folder, 'shop');
    contract = await writeContract(path.join(folder, 'account'));
    const user = [
      'user',
      '--yes',
      '--no-install',
      '--resource',
      'user',
      '--fields',
      'email:string:unique age:integer:optional',
    ];
    await generate(workspace, user);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const binOf = (tool: string) => path.join(folder, 'tools', tool, 'node_modules', '.bin');
  const installTool = (tool: string, env: NodeJS.ProcessEnv) =>
    execute(
      'npm',
      ['install', '--no-audit', '--no-fund', '--prefix', path.join(folder, 'tools', tool), tool],
      {
        cwd: folder,
        env,
      },
    );
  const generate = (cwd: string, flags: string[], env = environment) => execute(command, flags, { cwd, env });

  it('the workspace has a valid compose file', () =>
    checkCompose(path.join(workspace, 'docker-compose.kafka.yml')));

  for (const [index, { answers, tool, title }] of runs.entries()) {
    it(title, async () => {
      const env = { ...environment, PATH: `${binOf(tool)}:${process.env.PATH}` };
      const name = `combo${index + 1}`;
      const cwd = answers.place === 'workspace' ? workspace : path.join(folder, `alone-${index + 1}`);
      await mkdir(cwd, { recursive: true });
      const service = path.join(cwd, answers.place === 'workspace' ? 'services' : '.', `${name}-service`);
      const [port, databasePort] = [await findFreePort('127.0.0.1'), await findFreePort('127.0.0.1')];
      const ports = ['--port', String(port), '--database-port', String(databasePort)];
      const flags = [...ports, ...flagsOf(answers, index + 1, contract)];
      await generate(cwd, [name, '--yes', '--install', ...flags], env);

      assert.equal(existsSync(path.join(service, '.git')), answers.git === 'yes');
      await checkSchemas(service);
      const run = (script: string) => execute(answers.packageManager, ['run', script], { cwd: service, env });
      for (const script of ['typecheck', 'lint', 'test', 'build']) await run(script);

      const files = await committable(service);
      const before = await textOf(service, files);
      await generate(service, ['--yes', '--no-install']);
      assert.deepEqual(await committable(service), files);
      assert.deepEqual(await textOf(service, files), before);

      await boot(service, port, answers.auth);
    });
  }

  async function boot(service: string, port: number, auth: string): Promise<void> {
    const devkit = path.join(service, 'node_modules', '.bin', 'microservice-devkit');
    const [kafka, issuer] = [await findFreePort('127.0.0.1'), await findFreePort('127.0.0.1')];
    const env = {
      ...environment,
      KAFKA_BOOTSTRAP_SERVERS: `localhost:${kafka}`,
      ...(auth === 'jwt' && { AUTH_ISSUER: `http://localhost:${issuer}` }),
    };
    const child = start(devkit, ['dev', '--no-watch'], { cwd: service, env });
    const output = collect(child);
    try {
      await untilReady(`http://localhost:${port}/health/ready`, child, output);
    } finally {
      await end(child);
    }
  }
});

async function committable(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return files.filter((file) => !/^(node_modules|\.git|dist|\.microservice|\.yarn)\//.test(file)).toSorted();
}
