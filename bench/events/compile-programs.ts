import path from 'node:path';
import { build } from 'esbuild';
import { compiledIn } from './program.ts';

const ownCheckout = path.join(import.meta.dirname, '..', '..');

/**
 * Compiles programs of this folder, or of the same folder in another checkout: tsx would slow down every function that they
 * make.
 */
export async function compilePrograms(names: string[], checkout = ownCheckout): Promise<void> {
  await build({
    entryPoints: names.map((name) => path.join(checkout, 'bench', 'events', `${name}.ts`)),
    outdir: compiledIn(checkout),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['kafkajs', 'knex', 'pg', 'pino', 'joi', 'prom-client'],
  });
}
