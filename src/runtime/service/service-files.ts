import { existsSync } from 'node:fs';
import path from 'node:path';

/** The location of a service's code: TypeScript in development, JavaScript in `dist/` in a built image. */
export interface ServiceFiles {
  root: string;
  /** The folder that contains `migrations/`, `seeds/` and `src/`. */
  base: string;
  extension: '.ts' | '.js';
}

/**
 * Detects the location: if the service's folder has `migrations/` and NODE_ENV is not `production`, it is development. Throws
 * if the build is needed but missing.
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
