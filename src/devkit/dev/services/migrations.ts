import { knexConfig, migrateLatest } from 'microservice-runtime/migrations';
import { errorMessage } from '../../errors.ts';
import { DevError } from '../environment/dev-error.ts';

/** Applies the pending migrations of the service, and resolves to their names. */
export async function migrate(root: string, databaseUrl: string): Promise<string[]> {
  try {
    return await migrateLatest(await knexConfig(root, { databaseUrl }));
  } catch (cause) {
    throw new DevError(`The migrations failed: ${errorMessage(cause)}`, { cause });
  }
}
