import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** A bank, compiled with the runtime's source in it. */
export interface BankPrograms {
  /** The file to run with Node. */
  bank: string;
}

const root = join(import.meta.dirname, '..', '..');

/**
 * Compiles the bank with the runtime's source, so each of many processes starts quickly and `plugins` can change that source.
 * @param name distinguishes several compilations
 */
export async function bundleBank({
  name = 'plain',
  plugins = [],
}: { name?: string; plugins?: Plugin[] } = {}): Promise<BankPrograms> {
  return { bank: await bundleProgram('bank', 'bank-process', { name, plugins }) };
}

/**
 * Compiles a program of a folder beside this file. Resolves to the file to run, which is inside the repository, where packages are
 * found.
 */
export async function bundleProgram(
  folder: string,
  program: string,
  { name = 'plain', plugins = [] }: { name?: string; plugins?: Plugin[] } = {},
): Promise<string> {
  const outdir = join(root, 'node_modules', '.cache', 'faults', name);
  await build({
    entryPoints: [join(import.meta.dirname, folder, `${program}.ts`)],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    plugins,
  });
  return join(outdir, `${program}.mjs`);
}
