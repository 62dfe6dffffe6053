import { knexConfig, migrateLatest } from 'microservice-runtime/migrations';
import { errorMessage } from '../../errors.ts';
import { DevError } from '../environment/dev-error.ts';

/** Applies the pending migrations of the service, and resolves to a line that lists them. */
export async function migrate(root: string, databaseUrl: string): Promise<string> {
  try {
    const names = await migrateLatest(await knexConfig(root, { databaseUrl }));
    return names.length > 0 ? `applied ${names.join(', ')}` : 'up to date';
  } catch (cause) {
    throw new DevError(`The migrations failed: ${errorMessage(cause)}`, { cause });
  }
}
