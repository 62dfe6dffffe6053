import { knexConfig, migrateLatest } from 'microservice-runtime/migrations';
import { errorMessage } from '../../errors.ts';
import { DevError } from '../environment/dev-error.ts';

/** Applies what is pending in the service's `migrations/`, and resolves to a line that says what that was. */
export async function migrate(root: string, databaseUrl: string): Promise<string> {
  try {
    const names = await migrateLatest(await knexConfig(root, { databaseUrl }));
    return names.length > 0 ? `applied ${names.join(', ')}` : 'up to date';
  } catch (cause) {
    throw new DevError(`The migrations failed: ${errorMessage(cause)}`, { cause });
  }
}
