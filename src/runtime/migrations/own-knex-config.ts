import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';

type Configs = Knex.Config & Record<string, Knex.Config | undefined>;

/**
 * Returns the configuration that the knexfile exports: an object, one for each environment, or a function that returns
 * either, as the knex command accepts them (knex 3.3, bin/utils/cli-config-utils.js). Undefined if there is no knexfile.
 */
export async function ownKnexConfig(root: string): Promise<Knex.Config | undefined> {
  const file = path.join(root, 'knexfile.js');
  if (!existsSync(file)) return undefined;
  const code: { default: Configs | (() => Configs | Promise<Configs>) } = await import(
    pathToFileURL(file).href
  );
  const configs = typeof code.default === 'function' ? await code.default() : code.default;
  return configs[process.env['NODE_ENV'] || 'development'] ?? configs;
}
