// .ci/run: the tests, then the longer suites on real Kafka and real images. Prints the totals at the end.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { npmCommand } from './support/npm-cli.mjs';
import { parallel } from './support/parallel.ts';
import { seconds } from './support/seconds.ts';

const root = path.dirname(import.meta.dirname);
const dockerEngine = path.resolve(root, '..', 'shared', 'tools', 'docker-engine');
const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
/** The longest come first, so no job ends long before the other. */
const longSuites = ['test/generated/**/*.ci.ts', 'test/!(generated)/**/*.ci.ts', 'test/**/*.kafka.ts'];
const total = { passed: 0, failed: 0 };
/** What failed, with its errors. It is repeated at the end, since a log of this length is often cut. */
const failures: string[] = [];
const started = performance.now();

const engine = startDockerEngine();
try {
  await check('npm run typecheck', ...npmCommand(['run', 'typecheck']));
  await check('npm run lint', ...npmCommand(['run', 'lint']));
  await suite('npm test', ...npmCommand(['test']));
  await suite('services, images, demo, real Apache Kafka', process.execPath, [
    mocha,
    ...parallel(),
    ...longSuites,
  ]);
  await suite('faults', ...npmCommand(['run', 'test:faults', '--', '--short']));
} finally {
  if (engine) execFileSync(dockerEngine, ['stop'], { stdio: 'inherit' });
}
for (const failure of failures) console.log(`\n=== failed: ${failure}`);
console.log(`\nAll of it took ${seconds(started)}.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/**
 * If no engine answers, starts one if the machine can, and sets its variables in this process's environment. Returns whether
 * this process must stop it.
 */
function startDockerEngine(): boolean {
  try {
    execFileSync('docker', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    if (!existsSync(dockerEngine)) return false;
    const exported = execFileSync(dockerEngine, ['start'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for (const [, name = '', value = ''] of exported.matchAll(/(\w+)=(\S+)/g)) {
      process.env[name] = value.replace('$PATH', process.env.PATH ?? '');
    }
    return true;
  }
}

/** Runs a command that passes or fails as a whole. */
async function check(title: string, command: string, parameters: string[]): Promise<void> {
  const { status, output } = await run(title, command, parameters);
  total[status === 0 ? 'passed' : 'failed'] += 1;
  if (status !== 0) failures.push(`${title}\n${ending(output)}`);
}

/** Runs a command that ends with mocha's summary, which is added to the totals. */
async function suite(title: string, command: string, parameters: string[]): Promise<void> {
  const { status, output } = await run(title, command, parameters);
  const plain = stripVTControlCharacters(output);
  const count = (word: string) => Number(new RegExp(`^\\s+(\\d+) ${word}`, 'm').exec(plain)?.[1] ?? 0);
  const [passed, failed] = [count('passing'), count('failing')];
  total.passed += passed;
  total.failed += failed;
  if (status === 0 && passed > 0) return;
  if (failed === 0) total.failed += 1;
  const summary = /^ +\d+ failing$[^]*/m.exec(plain)?.[0];
  failures.push(`${title}\n${status === 0 ? 'It ran no test.' : (summary ?? ending(plain))}`);
}

/** The last lines of an output. */
function ending(output: string): string {
  return output.trimEnd().split('\n').slice(-40).join('\n');
}

async function run(
  title: string,
  command: string,
  parameters: string[],
): Promise<{ status: number | null; output: string }> {
  console.log(`\n=== ${title}`);
  const from = performance.now();
  const child = spawn(command, parameters, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  console.log(`=== ${title}: ${status === 0 ? 'passed' : `failed (${status})`} in ${seconds(from)}`);
  return { status, output };
}
