import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { type Account, environmentFor } from './account.ts';

/** Whoever made the cluster is a superuser for ever: it has no password, and no other program learns of it. */
export const superuser = 'embedded_superuser';

interface RoleOptions {
  postgres: string;
  account: Account | undefined;
  /** A data directory whose server is stopped. */
  directory: string;
  user: string;
  /** Empty for a login that comes by a Unix socket. */
  password: string;
  /** What `user` is to own, whoever owns it now; those that are missing are left out. */
  databases: string[];
}

/**
 * Makes `user` an ordinary login that may create databases, with this password, and the owner of all that is in `databases`;
 * a superuser that an older version has made is one no more. Safe to repeat.
 */
export async function ensureRole(options: RoleOptions): Promise<void> {
  const { user, password, directory, databases } = options;
  const role = escapeIdentifier(user);
  const secret = password ? ` password ${escapeLiteral(password)}` : '';
  const rights = 'nosuperuser nocreaterole noreplication nobypassrls createdb login';
  const code = await runAlone(options, 'postgres', [
    `update pg_authid set rolname = '${superuser}', rolpassword = null where oid = 10`,
    `create role ${role}`,
    `alter role ${role} ${rights}${secret}`,
    ...ownership(user),
  ]);
  if (code !== 0)
    throw new Error(`Cannot create the role ${user} in ${directory}: PostgreSQL exited with ${code}.`);
  for (const database of databases) await runAlone(options, database, ownership(user));
}

/**
 * Other logins come of older versions, and of an address whose user has changed. What the cluster itself holds has oids below
 * 16384 (FirstNormalObjectId in src/include/access/transam.h), and so has a role that is made in single-user mode.
 */
function ownership(user: string): string[] {
  const name = escapeLiteral(user);
  const oid = `(select oid from pg_authid where rolname = ${name})`;
  const owned = { class: 'rel', type: 'typ', proc: 'pro', namespace: 'nsp', extension: 'ext' };
  const forEach = (select: string, statement: string) =>
    `do $do$ declare each name; begin for each in ${select} loop execute format('${statement}', each, ${name}); end loop; end $do$`;
  return [
    forEach(
      `select rolname from pg_roles where oid <> 10 and rolname !~ '^pg_' and rolname <> ${name}`,
      'reassign owned by %I to %I',
    ),
    // REASSIGN OWNED refuses the role that made the cluster
    forEach(
      `select datname from pg_database where datdba = 10 and not datistemplate`,
      'alter database %I owner to %I',
    ),
    ...Object.entries(owned).map(
      ([catalog, prefix]) =>
        `update pg_${catalog} set ${prefix}owner = ${oid} where ${prefix}owner = 10 and oid >= 16384`,
    ),
  ];
}

/** In single-user mode a statement ends with its line, and one that fails does not end the next. */
async function runAlone(
  options: RoleOptions,
  database: string,
  statements: string[],
): Promise<number | null> {
  const { postgres, account, directory } = options;
  const single = spawn(postgres, ['--single', '-D', directory, database], {
    ...account,
    env: environmentFor(account),
    cwd: directory,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  single.stdin.on('error', () => undefined); // it may end, for want of the database, before it reads
  single.stdin.end([...statements, ''].join('\n'));
  const [code]: (number | null)[] = await once(single, 'exit');
  return code ?? null;
}
