import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import knexFactory from 'knex';
import { pendingMigrations } from 'microservice-runtime/migrations';
import { errorMessage } from '../../errors.ts';
import type { Environment } from '../environment/environment.ts';
import type { Output } from '../output/output.ts';

/** The migrations that appear while `dev` runs. */
export interface NewMigrations {
  /**
   * Looks at the changed files of `migrations/`. Runs the pending migrations if all of them arrived complete, as from a generator or
   * from git, and says so. Otherwise says how to run them. Never rejects.
   */
  look: (files: readonly string[]) => Promise<void>;
  /** Ends a running migration. */
  kill: () => void;
}

export interface NewMigrationsOptions {
  root: string;
  /** The direct address of the database. */
  databaseUrl: string;
  environment: Environment;
  say: Output['say'];
}

/** One connection that ends with the question. */
const pool = { min: 0, max: 1 };
/** The name of the table in the file that `npx knex migrate:make` writes. */
const stubTable = /\btable_name\b/;

export function createNewMigrations(options: NewMigrationsOptions): NewMigrations {
  const { root, databaseUrl, say } = options;
  /** Migrations that somebody is writing: no saved version counts as complete until the owner runs it. */
  const drafts = new Set<string>();
  const killing = new AbortController();
  const killed = once(killing.signal, 'abort').then(() => undefined);
  let running: ChildProcess | undefined;

  async function look(files: readonly string[]): Promise<void> {
    const pending = await Promise.race([findPending(root, databaseUrl), killed]);
    const fresh = pending ? await newDrafts(pending) : [];
    for (const name of fresh)
      say(`Migrations  ${name} is new; when it is complete, npm run db:migrate applies it`);
    if (!pending || pending.some((name) => drafts.has(name))) return;
    if (pending.length > 0) return apply();
    for (const name of await existing(root, files))
      say(
        `Migrations  ${name} has run before this change; to run it again, npm run db:rollback and npm run db:migrate`,
      );
  }

  async function newDrafts(pending: readonly string[]): Promise<string[]> {
    const unknown = pending.filter((name) => !drafts.has(name));
    const found = await Promise.all(
      unknown.map(async (name) => ({ name, isStub: await isDraft(root, name) })),
    );
    const fresh = found.filter(({ isStub }) => isStub).map(({ name }) => name);
    for (const name of fresh) drafts.add(name);
    return fresh;
  }

  async function apply(): Promise<void> {
    const { child, output } = startMigrate(options);
    running = child;
    const [code] = (await once(child, 'close')) as [number | null];
    if (killing.signal.aborted) return;
    const names = [...output().matchAll(/^ran (.+)$/gm)].map(([, name]) => name);
    if (code === 0) say(`Migrations  applied ${names.join(', ')}`);
    else say(`Migrations  ${faultOf(output())}; dev tries again when the file changes`);
  }

  return {
    look: (files) => look(files).catch((error: unknown) => say(`Migrations  ${errorMessage(error)}`)),
    kill: () => {
      killing.abort();
      running?.kill('SIGKILL');
    },
  };
}

async function findPending(root: string, databaseUrl: string): Promise<string[]> {
  // without the lock of knexConfig's pool, since this only reads
  const knex = knexFactory({ client: 'pg', connection: databaseUrl, acquireConnectionTimeout: 10_000, pool });
  try {
    return await pendingMigrations(knex, root);
  } finally {
    await knex.destroy();
  }
}

/** An empty file, or one that `npx knex migrate:make` wrote and nobody completed. */
async function isDraft(root: string, name: string): Promise<boolean> {
  const folder = path.join(root, 'migrations');
  const names = await readdir(folder).catch(() => []);
  const file = names.find((each) => path.parse(each).name === name);
  const text = file ? await readFile(path.join(folder, file), 'utf8').catch(() => '') : 'up';
  return stubTable.test(text) || !/\bup\b/.test(text);
}

/** The names of the migrations that these changes left in the folder. */
async function existing(root: string, files: readonly string[]): Promise<string[]> {
  const names = new Set(await readdir(path.join(root, 'migrations')).catch(() => []));
  return files
    .map((file) => path.basename(file))
    .filter((name) => names.has(name) && /\.[cm]?[jt]s$/.test(name));
}

/** A process of its own reads a file again that failed before; this process keeps the module. */
function startMigrate({ root, environment, databaseUrl }: NewMigrationsOptions) {
  const require = createRequire(path.join(root, 'package.json'));
  const manifest = require.resolve('microservice-runtime/package.json');
  const { bin } = require(manifest) as { bin: Record<string, string> };
  const command = path.join(path.dirname(manifest), bin['microservice-runtime'] ?? '');
  const env = { ...environment, DATABASE_DIRECT_URL: databaseUrl };
  const child = spawn(process.execPath, [command, 'migrate'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return { child, output: () => text };
}

const faultOf = (output: string): string => {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? 'failed').replace(/^microservice-runtime: /, '');
};
