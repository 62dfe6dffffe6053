import { existsSync } from 'node:fs';
import path from 'node:path';

/** Loads the service's `.env` into the environment, where there is one; what is set already stays. */
export function loadEnvironmentFile(root: string): void {
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
