import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where a service's code is, as it stands: TypeScript in development, JavaScript under `dist/` in a built image. */
export interface ServiceFiles {
  root: string;
  /** The folder that holds `migrations/`, `seeds/` and `src/`. */
  base: string;
  extension: '.ts' | '.js';
}

/**
 * Decides by what is there: with `migrations/` in the service's folder and NODE_ENV other than `production` it is
 * development. Throws when it must be the build and there is none.
 */
export function serviceFiles(root: string): ServiceFiles {
  const sources = existsSync(path.join(root, 'migrations'));
  if (sources && process.env['NODE_ENV'] !== 'production') return { root, base: root, extension: '.ts' };
  const base = path.join(root, 'dist');
  if (sources && !existsSync(path.join(base, 'migrations'))) {
    throw new Error(
      `NODE_ENV is "production", but ${path.join(base, 'migrations')} does not exist; run npm run build, or unset NODE_ENV`,
    );
  }
  return { root, base, extension: '.js' };
}
