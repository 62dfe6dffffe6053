import path from 'node:path';
import { Client, type ClientConfig, escapeIdentifier } from 'pg';
import { errorCode } from '../errors.ts';
import { writePrivateFile } from '../private-file.ts';
import type { Account } from './server/account.ts';
import { SQL_STATE } from './sql-state.ts';

export interface Login {
  /** An IP address or host name, or the folder of a Unix socket. */
  host: string;
  port: number;
  user: string;
  password: string;
}

/**
 * Writes the access rules: over TCP, logins need a password and come from this machine. Over the socket, every account that
 * can enter its folder may log in: the server's account and root.
 */
export async function writeAccessRules(
  directory: string,
  isSocket: boolean,
  account: Account | undefined,
): Promise<void> {
  const overTcp = ['127.0.0.1/32', '::1/128'].map((address) => `host all all ${address} scram-sha-256\n`);
  const rules = isSocket ? ['local all all trust\n'] : overTcp;
  await writePrivateFile(path.join(directory, 'pg_hba.conf'), rules.join(''), account);
}

const refusedLogin: readonly string[] = [
  SQL_STATE.INVALID_PASSWORD,
  SQL_STATE.INVALID_AUTHORIZATION_SPECIFICATION,
];

/** Reports whether the user exists with this password and is not a superuser. Throws any error that does not answer that. */
export async function isLetIn(login: Login): Promise<boolean> {
  try {
    const sql = 'select rolsuper from pg_roles where rolname = current_user';
    const [row] = await query({ ...login, database: 'template1' }, sql);
    return row?.['rolsuper'] === false;
  } catch (error) {
    if (refusedLogin.includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** Creates the missing databases, owned by the login. Safe to repeat. */
export async function ensureDatabases(login: Login, databases: string[]): Promise<void> {
  const maintenance = { ...login, database: 'postgres' };
  const found = await query(maintenance, 'select datname from pg_database');
  const missing = databases.filter((name) => !found.some(({ datname }) => datname === name));
  for (const name of missing) await query(maintenance, `create database ${escapeIdentifier(name)}`);
}

async function query(config: ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionTimeoutMillis: 10_000, ...config });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
