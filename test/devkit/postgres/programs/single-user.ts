import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { findBinaries } from '../../../../src/devkit/postgres/binaries.ts';

/** Makes the login of a stopped data directory what version 0.1.0 made it: a superuser, beside a bootstrap `postgres`. */
const data = path.join(process.argv[2] ?? '', 'data');
const { postgres } = await findBinaries();
const { uid, gid } = statSync(data);
const sql = [
  `update pg_authid set rolname = 'postgres' where oid = 10`,
  `alter role "user" superuser`,
  `create table also (id int)`,
];
const account = process.getuid?.() === 0 ? { uid, gid } : {};
const { status } = spawnSync(postgres, ['--single', '-D', data, 'users'], {
  ...account,
  cwd: data,
  input: `${sql.join('\n')}\n`,
});
process.exit(status ?? 1);
