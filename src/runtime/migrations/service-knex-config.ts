import type { Knex } from 'knex';
import { knexConfig } from './knex-config.ts';
import { ownKnexConfig } from './own-knex-config.ts';

/** What `knexfile.js` of the service at `root` says, so that its owner's changes count; `knexConfig` where there is none. */
export async function serviceKnexConfig(root: string): Promise<Knex.Config> {
  return (await ownKnexConfig(root)) ?? knexConfig(root);
}
