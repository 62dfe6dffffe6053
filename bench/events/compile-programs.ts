import path from 'node:path';
import { build } from 'esbuild';
import { compiledPrograms } from './program.ts';

/** Compiles the programs of this folder: tsx would slow down every function that they make. */
export async function compilePrograms(names: string[]): Promise<void> {
  await build({
    entryPoints: names.map((name) => path.join(import.meta.dirname, `${name}.ts`)),
    outdir: compiledPrograms,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['kafkajs', 'knex', 'pg', 'pino', 'joi', 'prom-client'],
  });
}
