import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import {
  type ExampleService,
  type ExampleWorkspace,
  copyExampleWorkspace,
} from '../test/devkit/dev/example-workspace.ts';
import { median, printTable } from './figures.ts';

/**
 * Measures how long a developer waits for `npm run dev` in the example workspace with two services: `npx tsx bench/dev.ts
 * [rounds]`, after `npm run build`. A start ends with the first answer that has rows from PostgreSQL, an edit with the first
 * answer that shows it.
 */
const [rounds = '5'] = process.argv.slice(2);

interface Dev {
  ended: Promise<unknown>;
  stop: () => Promise<void>;
}

function startDev(root: string): Dev {
  const child = spawn('npm', ['run', 'dev'], { cwd: root, stdio: 'ignore', detached: true });
  const ended = once(child, 'close');
  const stop = async () => {
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await ended;
  };
  return { ended, stop };
}

/** Resolves to the milliseconds from `begun` until `url` returns an answer that `isWanted`. */
async function untilAnswer(url: string, begun: number, isWanted: (text: string) => boolean): Promise<number> {
  for (;;) {
    const text = await fetch(url).then(
      async (response) => (response.ok ? response.text() : ''),
      () => '',
    );
    if (text && isWanted(text)) return performance.now() - begun;
    if (performance.now() - begun > 60_000)
      throw new Error(`${url} has not answered as wanted in 60 s: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Start {
  dev: Dev;
  first: number;
  all: number;
}

async function start({ root, user, notification }: ExampleWorkspace): Promise<Start> {
  const begun = performance.now();
  const dev = startDev(root);
  const answers = [`${user.url}/v1/users`, `${notification.url}/v1/user-copies`].map((url) =>
    untilAnswer(url, begun, () => true),
  );
  return { dev, first: await Promise.race(answers), all: Math.max(...(await Promise.all(answers))) };
}

/** Changes the version in user-service's OpenAPI document. */
async function edit({ user }: ExampleWorkspace, version: string): Promise<number> {
  const file = path.join(user.root, 'src', 'app.ts');
  const text = await readFile(file, 'utf8');
  const begun = performance.now();
  await writeFile(file, text.replace(/version: '[^']*'/, `version: '${version}'`));
  return untilAnswer(`${user.url}/openapi.json`, begun, (answer) => answer.includes(`"${version}"`));
}

const figures: Record<string, number[]> = {};
const note = (name: string, value: number): void => void (figures[name] ??= []).push(value);

async function measure(workspace: ExampleWorkspace): Promise<void> {
  for (let round = 0; round <= Number(rounds); round += 1) {
    const { dev, first, all } = await start(workspace);
    if (round === 0) {
      note('first start of all', all);
    } else {
      note('warm start, first request answered', first);
      note('warm start, both services answer', all);
      note('an edit is live', await edit(workspace, `1.${round}.0`));
    }
    const begun = performance.now();
    await dev.stop();
    note('Ctrl-C, everything ended', performance.now() - begun);
  }
}

/** Runs the service's own tests, like `npm test` after an installation. */
async function testService({ root }: ExampleService): Promise<number> {
  await symlink(path.resolve(import.meta.dirname, '..', 'node_modules'), path.join(root, 'node_modules'));
  const begun = performance.now();
  const child = spawn('npm', ['test'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`npm test in ${root} ended with ${String(code)}`);
  return performance.now() - begun;
}

const workspace = await copyExampleWorkspace();
try {
  console.log(`Node ${process.version}, ${cpus().length} cores, ${rounds} rounds\n`);
  await measure(workspace);
  note('npm test, user-service', await testService(workspace.user));
  note('npm test, notification-service', await testService(workspace.notification));
  const seconds = (value: number) => (value / 1_000).toFixed(2);
  printTable(
    ['seconds', 'median', 'lowest', 'highest'],
    Object.entries(figures).map(([name, values]) =>
      [median(values), Math.min(...values), Math.max(...values)].reduce<string[]>(
        (row, value) => [...row, seconds(value)],
        [name],
      ),
    ),
  );
} finally {
  await workspace.remove();
}
