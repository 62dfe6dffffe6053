import type { Knex } from 'knex';
import { knexConfig } from './knex-config.ts';
import { ownKnexConfig } from './own-knex-config.ts';

/**
 * Returns the configuration in `knexfile.js` of the service at `root`, with its owner's changes; `knexConfig` if there is
 * none.
 */
export async function serviceKnexConfig(root: string): Promise<Knex.Config> {
  return (await ownKnexConfig(root)) ?? knexConfig(root);
}
