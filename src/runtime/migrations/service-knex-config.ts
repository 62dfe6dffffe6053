import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import { knexConfig } from './knex-config.ts';

/** What `knexfile.js` of the service at `root` says, so that its owner's changes count; `knexConfig` where there is none. */
export async function serviceKnexConfig(root: string): Promise<Knex.Config> {
  const file = path.join(root, 'knexfile.js');
  if (!existsSync(file)) return knexConfig(root);
  const code: { default: Knex.Config } = await import(pathToFileURL(file).href);
  return code.default;
}
