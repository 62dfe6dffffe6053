import joi from 'joi';
import { readDatabaseUrl } from '../database/address.ts';

/** How to reach PostgreSQL, and what a request may do there. */
export interface DatabaseSettings {
  databaseUrl: string;
  /** An address without a pooler in between, for what needs a real session: leases, LISTEN, migrations. */
  databaseDirectUrl: string;
  databasePoolMax: number;
  /** Milliseconds that a request may wait for one lock; 0 for as long as the database lets it. */
  databaseLockTimeout?: number;
  /** Milliseconds that one statement of a request may take; 0 for as long as the database lets it. */
  databaseStatementTimeout?: number;
}

/** The variables of PostgreSQL as the environment holds them, checked. */
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
    'any.required': 'is not set: give the address, such as postgres://user:password@localhost:5432/database',
    'any.custom': '{{#error.message}}',
  });

/** The rules for the variables of PostgreSQL. */
export const databaseVariables: joi.SchemaMap = {
  DATABASE_URL: databaseUrl.required(),
  DATABASE_DIRECT_URL: databaseUrl,
  DATABASE_POOL_MAX: joi.number().empty('').integer().min(1).default(10),
  // well below the 10 s that others wait for a connection, so that one row does not keep the whole pool from them
  DATABASE_LOCK_TIMEOUT: joi.number().empty('').integer().min(0).default(2_000),
  DATABASE_STATEMENT_TIMEOUT: joi.number().empty('').integer().min(0).default(10_000),
};

/** Builds the settings from variables that have been checked. */
export function databaseSettings(variables: DatabaseVariables): DatabaseSettings {
  return {
    databaseUrl: variables.DATABASE_URL,
    databaseDirectUrl: variables.DATABASE_DIRECT_URL ?? variables.DATABASE_URL,
    databasePoolMax: variables.DATABASE_POOL_MAX,
    databaseLockTimeout: variables.DATABASE_LOCK_TIMEOUT,
    databaseStatementTimeout: variables.DATABASE_STATEMENT_TIMEOUT,
  };
}
