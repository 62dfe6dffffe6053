import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { type Account, environmentFor } from './account.ts';

/** The role that creates the cluster is a superuser permanently. It has no password, and no other program knows it. */
export const superuser = 'embedded_superuser';

interface RoleOptions {
  postgres: string;
  account: Account | undefined;
  /** A data directory whose server is stopped. */
  directory: string;
  user: string;
  /** Empty for a login over a Unix socket. */
  password: string;
  /** Databases that `user` must own, whatever their owner is now; missing databases are skipped. */
  databases: string[];
}

/**
 * Makes `user` an ordinary login with this password that can create databases, and the owner of every object in `databases`.
 * A superuser that an older version created loses that right. Safe to repeat.
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
 * Other logins come from older versions, or from an address whose user has changed. Objects of the cluster itself have oids
 * below 16384 (FirstNormalObjectId in src/include/access/transam.h), and so does a role created in single-user mode.
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
    // REASSIGN OWNED refuses the role that created the cluster
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

/** In single-user mode, a line ends a statement, and a failed statement does not stop the next one. */
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
  single.stdin.on('error', () => undefined); // it may exit before it reads, if the database does not exist
  single.stdin.end([...statements, ''].join('\n'));
  const [code]: (number | null)[] = await once(single, 'exit');
  return code ?? null;
}
