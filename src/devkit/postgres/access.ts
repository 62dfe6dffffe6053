import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, type ClientConfig, escapeIdentifier, escapeLiteral } from 'pg';
import { errorCode } from '../errors.ts';
import { type Account, runAs } from './account.ts';

export interface Login {
  host: string;
  port: number;
  user: string;
  password: string;
}

/** Lets every user in from this machine: with the password where there is one, else without. */
export async function writeAccessRules(directory: string, password: string): Promise<void> {
  const method = password ? 'scram-sha-256' : 'trust';
  const rules = ['127.0.0.1/32', '::1/128'].map((address) => `host all all ${address} ${method}\n`);
  await writeFile(path.join(directory, 'pg_hba.conf'), rules.join(''));
}

/** Whether the user exists with this password. Throws what is neither yes nor no. */
export async function isLetIn(login: Login): Promise<boolean> {
  try {
    await query({ ...login, database: 'template1' }, 'select 1');
    return true;
  } catch (error) {
    // https://www.postgresql.org/docs/current/errcodes-appendix.html: invalid_password, invalid_authorization_specification
    if (['28P01', '28000'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** Creates the databases that are missing. Safe to repeat. */
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

export interface RoleOptions {
  postgres: string;
  account: Account | undefined;
  directory: string;
  user: string;
  password: string;
}

/**
 * Makes `user` a superuser with this password in a data directory whose server is stopped, and locks out the `postgres` of
 * the template when that is another user. Safe to repeat.
 */
export async function ensureRole({
  postgres,
  account,
  directory,
  user,
  password,
}: RoleOptions): Promise<void> {
  const role = escapeIdentifier(user);
  const secret = password ? ` password ${escapeLiteral(password)}` : '';
  const command = runAs(account, postgres, ['--single', '-D', directory, 'postgres']);
  const single = spawn(command.file, command.args, {
    ...command.options,
    cwd: directory,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // In single-user mode a statement ends with its line, and one that fails does not end the next.
  const statements = ['alter role postgres password null', `create role ${role}`];
  single.stdin.end([...statements, `alter role ${role} superuser login${secret}`, ''].join('\n'));
  const [code]: (number | null)[] = await once(single, 'exit');
  if (code !== 0)
    throw new Error(`PostgreSQL could not let ${user} into ${directory}: it ended with ${code}.`);
}
