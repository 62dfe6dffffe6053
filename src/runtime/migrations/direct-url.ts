import { readDatabaseUrl } from '../database/address.ts';

/**
 * Returns the address for migrations: DATABASE_DIRECT_URL, since a pooler in front of DATABASE_URL does not give them a
 * session of their own; DATABASE_URL if there is no pooler.
 */
export function directUrl(environment: NodeJS.ProcessEnv = process.env): { url: string; variable: string } {
  const variable = environment['DATABASE_DIRECT_URL'] ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL';
  const url = environment[variable];
  if (!url)
    throw messageOnlyError(
      'DATABASE_URL is not set; set it in .env (npx microservice-devkit env writes a missing .env), or in the environment',
    );
  try {
    readDatabaseUrl(url);
  } catch (error) {
    throw messageOnlyError(`${variable} ${error instanceof Error ? error.message : String(error)}`, error);
  }
  return { url, variable };
}

/** Returns an error that prints as its message, since the knex command prints the stack. */
export function messageOnlyError(message: string, cause?: unknown): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  error.stack = `Error: ${message}`;
  return error;
}
