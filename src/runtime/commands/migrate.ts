import { parseArgs } from 'node:util';
import { connectDatabase, databasePart } from '../database/database.ts';
import { directUrl } from '../migrations/direct-url.ts';
import { loadEnvironmentFile } from '../service/environment-file.ts';
import { migrateLatest } from '../migrations/migrate.ts';
import { migrationTable } from '../migrations/migration-table.ts';
import { missingFromSchema } from '../migrations/missing-from-schema.ts';
import { offlineSql } from '../migrations/offline-sql.ts';
import { serviceKnexConfig } from '../migrations/service-knex-config.ts';
import { CommandError, type Command } from './input/command.ts';
import { print, printData, printError } from '../logging/terminal.ts';

export const migrateCommand: Command = {
  summary: 'runs the pending migrations; any number of replicas can run it at once',
  flags: {
    '--check': 'changes nothing, and fails if the database lacks a migration or a table of the runtime',
    '--sql': 'prints the SQL instead, without a database',
    '--after <migration>': 'with --sql: omits this migration and earlier ones',
  },
  async run(args, root) {
    const options = {
      check: { type: 'boolean' },
      sql: { type: 'boolean' },
      after: { type: 'string' },
    } as const;
    const { check, sql, after } = parseArgs({ args, options }).values;
    if (check && sql)
      throw new CommandError('--check reads a database, but --sql does not; specify only one of the two');
    if (after !== undefined && !sql) throw new CommandError('--after requires --sql');
    if (sql) await printSql(root, after);
    else await (check ? checkMigrated(root) : migrate(root));
  },
};

async function migrate(root: string): Promise<void> {
  const names = await migrateLatest(await serviceKnexConfig(root));
  for (const name of names) print(`ran ${name}`);
  if (names.length === 0) print('the database is up to date');
}

async function checkMigrated(root: string): Promise<void> {
  loadEnvironmentFile(root);
  const { url } = directUrl();
  const database = connectDatabase({ databaseUrl: url, databasePoolMax: 1, serviceName: 'migrations' });
  const part = databasePart(database);
  try {
    await part.start?.();
    const missing = await missingFromSchema(database, root);
    if (missing.length > 0)
      throw new CommandError(`the database lacks ${missing.join(', ')}; run npx knex migrate:latest`);
    print('the database has every migration and table of this version');
  } finally {
    await part.stop?.();
  }
}

async function printSql(root: string, after?: string): Promise<void> {
  const { migrations } = await serviceKnexConfig(root);
  if (!migrations?.migrationSource)
    throw new CommandError('the knexfile has no migrationSource; use knexConfig');
  const { sql, warnings } = await offlineSql(migrations.migrationSource, {
    after,
    table: migrationTable(migrations),
  });
  for (const warning of warnings) printError(warning);
  printData(sql);
}
