import type { Knex } from 'knex';
import { readContracts } from '../contracts/read-service.ts';
import {
  askOf,
  findMissing,
  inboxSchema,
  moduleOf,
  outboxSchema,
  type SchemaItem,
  itemTitle,
} from '../database/required-schema.ts';
import { pendingMigrations } from './pending-migrations.ts';

/**
 * Lists the parts of the schema that the service at `root` lacks: pending migrations, and runtime tables and columns that its
 * contracts need but that no migration created. Only reads.
 */
export async function missingFromSchema(database: Knex, root: string): Promise<string[]> {
  const pending = await pendingMigrations(database, root);
  const missing = await findMissing(askOf(database), await schemaOf(root));
  return [
    ...pending.map((name) => `migration ${name}`),
    ...missing.map((item) => `${itemTitle(item)} (${moduleOf(item)})`),
  ];
}

async function schemaOf(root: string): Promise<readonly SchemaItem[]> {
  const contracts = await readContracts(root);
  if (!contracts) return [];
  // a consumer's handler also publishes through the outbox
  return contracts.consumed.length > 0 ? [...new Set([...outboxSchema, ...inboxSchema])] : outboxSchema;
}
