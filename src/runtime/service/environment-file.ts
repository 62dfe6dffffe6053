import { existsSync } from 'node:fs';
import path from 'node:path';

/** Loads the service's `.env` into the environment, if it exists; variables that are already set stay. */
export function loadEnvironmentFile(root: string): void {
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
