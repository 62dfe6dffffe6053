import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = path.join(import.meta.dirname, '..', '..', '..');

/**
 * Imports a module of a checkout's runtime. Later candidates are its places in older releases.
 * @param candidates paths in src/runtime; the first one that exists counts
 */
export async function importRuntime<Module>(checkout: string, ...candidates: string[]): Promise<Module> {
  const places = candidates.map((candidate) => path.join(checkout, 'src', 'runtime', candidate));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`${checkout} has none of ${candidates.join(', ')} in src/runtime`);
  return import(found);
}

/** Resolves `microservice-runtime` to the sources of a checkout. A table of a later release becomes an empty migration. */
const runtimeOf = (checkout: string): Plugin => ({
  name: 'runtime of a checkout',
  setup(context) {
    context.onResolve({ filter: /^microservice-runtime(\/|$)/ }, ({ path: name }) => {
      const module = name.slice('microservice-runtime/'.length) || 'index';
      const file = path.join(checkout, 'src', 'runtime', `${module}.ts`);
      return existsSync(file) ? { path: file } : { path: name, namespace: 'later' };
    });
    context.onLoad({ filter: /\/tables\//, namespace: 'later' }, () => ({
      contents: 'export const up = async () => {};',
    }));
  },
});

/**
 * Compiles programs of this checkout's bench together with the runtime of another checkout, and resolves to the folder of the
 * compiled files. Third-party packages are those of this checkout.
 * @param programs paths in bench, without extension, such as `events/publisher`
 */
export async function compileAgainst(checkout: string, programs: string[]): Promise<string> {
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 8);
  const folder = path.join(root, 'node_modules', '.cache', 'bench-growth', hash);
  await build({
    entryPoints: programs.map((program) => ({
      in: path.join(root, 'bench', `${program}.ts`),
      out: path.basename(program),
    })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['kafkajs', 'knex', 'pg', 'pino', 'joi', 'prom-client', 'express', 'helmet'],
    plugins: [runtimeOf(checkout)],
  });
  return folder;
}
