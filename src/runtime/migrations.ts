export { knexConfig, type KnexConfigOptions } from './migrations/knex-config.ts';
export { MigrationError, migrateLatest } from './migrations/migrate.ts';
export { pendingMigrations } from './migrations/pending-migrations.ts';
