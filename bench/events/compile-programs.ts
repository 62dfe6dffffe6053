import path from 'node:path';
import { build } from 'esbuild';
import { compiledIn } from './program.ts';

const ownCheckout = path.join(import.meta.dirname, '..', '..');

/**
 * Compiles programs of this folder, of the same folder in another checkout, or of another folder of the benchmarks: tsx would slow
 * down every function that they make.
 */
export async function compilePrograms(
  names: string[],
  checkout = ownCheckout,
  folder = 'events',
): Promise<void> {
  await build({
    entryPoints: names.map((name) => path.join(checkout, 'bench', folder, `${name}.ts`)),
    outdir: compiledIn(checkout),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['kafkajs', 'knex', 'pg', 'pino', 'joi', 'prom-client'],
  });
}
