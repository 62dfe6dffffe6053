import { readDatabaseUrl } from '../database/address.ts';

/**
 * Where migrations connect: DATABASE_DIRECT_URL, since they need a session of their own, which a pooler in front of
 * DATABASE_URL does not give; DATABASE_URL where there is no pooler.
 */
export function directUrl(environment: NodeJS.ProcessEnv = process.env): { url: string; variable: string } {
  const variable = environment['DATABASE_DIRECT_URL'] ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL';
  const url = environment[variable];
  if (!url) throw shown('DATABASE_URL is not set; set it in .env, as in .env.example, or in the environment');
  try {
    readDatabaseUrl(url);
  } catch (error) {
    throw shown(`${variable} ${error instanceof Error ? error.message : String(error)}`, error);
  }
  return { url, variable };
}

/** An error that prints as its message: the command knex prints the stack of what it catches. */
export function shown(message: string, cause?: unknown): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  error.stack = `Error: ${message}`;
  return error;
}
