import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** A side as a compiled module, and the program that runs it. */
export interface CompiledSide {
  name: string;
  program: string;
  module: string;
}

const folder = import.meta.dirname;
const cache = join(folder, '..', '..', 'node_modules', '.cache', 'bench-http');

interface Options {
  name: string;
  /** The source in this folder. */
  source: string;
  plugins?: Plugin[];
  /** The folder of the compiled module, whose `node_modules` it uses; default: a cache of this repository. */
  home?: string;
}

/** Compiles a side: tsx wraps every function that a request creates, which production does not do. */
export async function compileSide({
  name,
  source,
  plugins = [],
  home = cache,
}: Options): Promise<CompiledSide> {
  const program = join(cache, 'side.mjs');
  const module = join(home, `${name.replaceAll(/\W+/g, '-')}.mjs`);
  await Promise.all([compile('side.ts', program, []), compile(source, module, plugins)]);
  return { name, program, module };
}

const compile = (source: string, outfile: string, plugins: Plugin[]) =>
  build({
    entryPoints: [join(folder, source)],
    outfile,
    plugins,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
