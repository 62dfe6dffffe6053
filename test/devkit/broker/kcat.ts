import { execFileSync, spawn, type ChildProcess, type ExecFileSyncOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The command-line client of librdkafka, on which the clients of most languages are built. */
export interface Kcat {
  /** Runs it with `input`; resolves to its output. Rejects if it fails. */
  run(parameters: string[], input?: string): Promise<string>;
  /** Starts it and leaves it running. */
  start(parameters: string[]): ChildProcess;
  version: string;
}

const packages = ['kcat', 'librdkafka1', 'libyajl2'];
const cache = path.join(tmpdir(), 'kcat-of-debian');

/** Finds kcat, or extracts it from Debian's packages without installing them; otherwise returns the reason. */
export async function findKcat(): Promise<Kcat | { missing: string }> {
  try {
    return describe('kcat', {});
  } catch {
    try {
      return await unpackFromDebian();
    } catch (error) {
      const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
      return {
        missing: `kcat is not installed, and apt-get does not bring it (${why}): install the package kcat`,
      };
    }
  }
}

async function unpackFromDebian(): Promise<Kcat> {
  if (!existsSync(cache)) {
    const directory = await mkdtemp(`${cache}-`);
    const quiet: ExecFileSyncOptions = {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
    };
    execFileSync('apt-get', ['-q', 'download', ...packages], quiet);
    for (const file of readdirSync(directory)) execFileSync('dpkg-deb', ['-x', file, 'root'], quiet);
    mkdirSync(path.join(directory, 'root'), { recursive: true });
    await rename(directory, cache).catch(() => undefined); // another run was faster
  }
  const usr = path.join(cache, 'root', 'usr');
  const libraries = readdirSync(path.join(usr, 'lib')).map((name) => path.join(usr, 'lib', name));
  return describe(path.join(usr, 'bin', 'kcat'), { LD_LIBRARY_PATH: libraries.join(':') });
}

/** Throws if it does not run. */
function describe(command: string, extra: Record<string, string>): Kcat {
  const env = { ...process.env, ...extra };
  const printed = execFileSync(command, ['-V'], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const start = (parameters: string[]): ChildProcess => spawn(command, parameters, { env });
  return {
    version: /Version (\S+).*librdkafka (\S+)/.exec(printed)?.slice(1).join(', librdkafka ') ?? printed,
    start,
    async run(parameters, input = '') {
      const child = start(parameters);
      const [output, errors] = [gather(child.stdout), gather(child.stderr)];
      child.stdin?.end(input);
      const [code]: unknown[] = await once(child, 'close');
      if (code !== 0)
        throw new Error(`kcat ${parameters.join(' ')} ended with ${String(code)}: ${errors.text()}`);
      return output.text();
    },
  };
}

/** Collects the output of a stream. */
export function gather(stream: NodeJS.ReadableStream | null): { text: () => string } {
  let text = '';
  stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { text: () => text };
}
