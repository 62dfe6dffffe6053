import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** A bank, compiled with the runtime's source in it. */
export interface BankPrograms {
  /** The file to run with Node. */
  bank: string;
}

const root = join(import.meta.dirname, '..', '..');

/**
 * Compiles the bank with the runtime's source, so that each of many processes starts quickly and `plugins` may change that
 * source. The result lies inside of the tree, where its packages are found.
 * @param name tells several compilations apart
 */
export async function bundleBank({
  name = 'plain',
  plugins = [],
}: { name?: string; plugins?: Plugin[] } = {}): Promise<BankPrograms> {
  const outdir = join(root, 'node_modules', '.cache', 'faults', name);
  await build({
    entryPoints: [join(import.meta.dirname, 'bank', 'bank-process.ts')],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    plugins,
  });
  return { bank: join(outdir, 'bank-process.mjs') };
}
