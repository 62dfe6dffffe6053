import joi from 'joi';
import { readDatabaseUrl, sampleAddress } from '../database/address.ts';

/** The address of PostgreSQL, and the limits of a request. */
export interface DatabaseSettings {
  databaseUrl: string;
  /** An address without a pooler, for work that needs a session of its own: leases, LISTEN, migrations. */
  databaseDirectUrl: string;
  databasePoolMax: number;
  /** How long a request may wait for one lock, in ms; 0 leaves it to the database. */
  databaseLockTimeout?: number;
  /** How long one statement of a request may take, in ms; 0 leaves it to the database. */
  databaseStatementTimeout?: number;
}

/** The validated variables of PostgreSQL. */
export interface DatabaseVariables {
  DATABASE_URL: string;
  DATABASE_DIRECT_URL?: string;
  DATABASE_POOL_MAX: number;
  DATABASE_LOCK_TIMEOUT: number;
  DATABASE_STATEMENT_TIMEOUT: number;
}

const databaseUrl = joi
  .string()
  .empty('')
  .custom((url: string) => {
    readDatabaseUrl(url);
    return url;
  })
  .messages({
    'any.required': `is not set; set it to an address such as ${sampleAddress}`,
    'any.custom': '{{#error.message}}',
  });

/** The rules for the variables of PostgreSQL. */
export const databaseVariables: joi.SchemaMap = {
  DATABASE_URL: databaseUrl.required(),
  DATABASE_DIRECT_URL: databaseUrl,
  DATABASE_POOL_MAX: joi.number().empty('').integer().min(1).default(10),
  // well below the 10 s that others wait for a connection, so one locked row does not exhaust the whole pool
  DATABASE_LOCK_TIMEOUT: joi.number().empty('').integer().min(0).default(2_000),
  DATABASE_STATEMENT_TIMEOUT: joi.number().empty('').integer().min(0).default(10_000),
};

export function databaseSettings(variables: DatabaseVariables): DatabaseSettings {
  return {
    databaseUrl: variables.DATABASE_URL,
    databaseDirectUrl: variables.DATABASE_DIRECT_URL ?? variables.DATABASE_URL,
    databasePoolMax: variables.DATABASE_POOL_MAX,
    databaseLockTimeout: variables.DATABASE_LOCK_TIMEOUT,
    databaseStatementTimeout: variables.DATABASE_STATEMENT_TIMEOUT,
  };
}
