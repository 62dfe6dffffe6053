import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { packAll, type Packages } from '../../scripts/support/packages.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { guardOf } from './real-kafka/broker-process.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..', '..');

export interface Registry {
  url: string;
  packages: Packages;
  /** The environment in which npm, pnpm and Yarn use this registry, with their own caches. */
  environment: NodeJS.ProcessEnv;
}

let started: Promise<Registry> | undefined;

/**
 * Resolves to the loopback registry that the suites of this process share and that ends with it. It has the three packed
 * packages, and requests every other package once from npm's configured registry.
 */
export function useRegistry(): Promise<Registry> {
  started ??= startRegistry();
  return started;
}

async function startRegistry(): Promise<Registry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'registry-'));
  const port = await findFreePort('127.0.0.1');
  const url = `http://127.0.0.1:${port}/`;
  const [, packages] = await Promise.all([serve(folder, port), packAll(path.join(folder, 'packages'))]);
  const environment = await createEnvironment(folder, url);
  for (const tarball of [packages.runtime, packages.devkit, packages.generator]) {
    await run('npm', ['publish', tarball, '--ignore-scripts'], { env: environment, cwd: folder });
  }
  return { url, packages, environment };
}

async function serve(folder: string, port: number): Promise<void> {
  const { stdout } = await run('npm', ['config', 'get', 'registry'], { cwd: root });
  const config = path.join(folder, 'config.yaml');
  const own = { access: '$all', publish: '$all' };
  await writeFile(
    config,
    stringify({
      storage: path.join(folder, 'storage'),
      uplinks: { upstream: { url: stdout.trim(), timeout: '60s', max_fails: 20, fail_timeout: '1s' } },
      packages: {
        'create-microservice': own,
        'generator-microservice': own,
        'microservice-*': own,
        '**': { access: '$all', proxy: 'upstream' },
      },
      max_body_size: '100mb',
      log: { type: 'stdout', format: 'json', level: 'warn' },
    }),
  );
  const bin = path.join(root, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  const log = path.join(folder, 'registry.log');
  const output = await open(log, 'w');
  const child = spawn(process.execPath, [bin, '--config', config, '--listen', `127.0.0.1:${port}`], {
    cwd: folder,
    stdio: ['ignore', output.fd, output.fd],
  });
  await output.close();
  guardOf(child, folder);
  child.unref();
  await untilAnswers(`http://127.0.0.1:${port}/-/ping`, child, log);
}

async function untilAnswers(address: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (child.exitCode === null && Date.now() < deadline) {
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok) return;
    await setTimeout(50);
  }
  throw new Error(`the registry did not start:\n${await readFile(log, 'utf8')}`);
}

/** npm publishes only with a token; this registry accepts any. */
async function createEnvironment(folder: string, url: string): Promise<NodeJS.ProcessEnv> {
  const userConfig = path.join(folder, 'npmrc');
  await mkdir(path.join(folder, 'cache'), { recursive: true });
  await writeFile(
    userConfig,
    `registry=${url}\n${url.replace('http:', '')}:_authToken=any\nyes=true\naudit=false\nfund=false\n`,
  );
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    npm_config_userconfig: userConfig,
    npm_config_cache: path.join(folder, 'cache'),
    npm_config_registry: url,
    // pnpm would download the version of "packageManager" and require npm's signature for it, which a mirror does not have.
    npm_config_manage_package_manager_versions: 'false', // pnpm 10
    pnpm_config_pm_on_fail: 'ignore', // pnpm 11 and later
    pnpm_config_registry: url,
    YARN_NPM_REGISTRY_SERVER: url,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_GLOBAL_FOLDER: path.join(folder, 'yarn'),
    YARN_ENABLE_TELEMETRY: '0',
    YARN_HTTP_TIMEOUT: '300000',
  };
}
