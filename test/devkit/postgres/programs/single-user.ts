import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { findBinaries } from '../../../../src/devkit/postgres/server/binaries.ts';
import { placeBinaries } from '../../../../src/devkit/postgres/directories/outside.ts';

/** Gives the login of a stopped data directory the state of version 0.1.0: a superuser, next to a bootstrap `postgres`. */
const data = path.join(process.argv[2] ?? '', 'data');
const { uid, gid } = statSync(data);
const account = process.getuid?.() === 0 ? { uid, gid } : undefined;
const { postgres } = await placeBinaries(await findBinaries(), account);
const sql = [
  `update pg_authid set rolname = 'postgres' where oid = 10`,
  `alter role "user" superuser`,
  `create table also (id int)`,
];
const { status } = spawnSync(postgres, ['--single', '-D', data, 'users'], {
  ...account,
  cwd: data,
  input: `${sql.join('\n')}\n`,
});
process.exit(status ?? 1);
