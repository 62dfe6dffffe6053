import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import knexFactory from 'knex';
import { createDatabase } from '../support/postgres.ts';
import { describeSchema } from '../support/schema.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const modules = path.join(root, 'src', 'runtime', 'tables');
const released = path.join(import.meta.dirname, 'released-tables');

/** In the order of the migrations that a generated service exports them in. */
const names = ['event-outbox', 'event-inbox', 'event-parked', 'event-inbox-2'];

/**
 * Owners' migrations export these modules, and a migration that has run does not run again. So a module that was released
 * makes what it made then, for ever: its statements are kept in `released-tables/`. To change a table add a module and a
 * migration; see docs/decisions/migrations.md. Never change a file of `released-tables/`.
 */
describe('a released table module', function () {
  this.timeout(30_000);

  it('is known here, and exported by a migration of the generated service', () => {
    const stems = (folder: string) => readdirSync(folder).map((file) => path.parse(file).name);
    assert.deepEqual(stems(modules).toSorted(), names.toSorted());
    assert.deepEqual(stems(released).toSorted(), names.toSorted());
    const migrations = path.join(root, 'generators/service/templates/service/migrations');
    assert.deepEqual(
      readdirSync(migrations)
        .toSorted()
        .map((file) => readFileSync(path.join(migrations, file), 'utf8')),
      names.map((name) => `export { down, up } from 'microservice-runtime/tables/${name}';\n`),
    );
  });

  it('makes what it made when it was released', async () => {
    for (const [index, name] of names.entries()) {
      const before = names.slice(0, index);
      const then = await schemaAfter(async (database) => {
        for (const each of [...before, name]) await database.raw(statementsOf(each));
      });
      const now = await schemaAfter(async (database) => {
        for (const each of before) await database.raw(statementsOf(each));
        await (await load(name)).up(database);
      });
      assert.deepEqual(now, then, `${name}.ts is released and must not change`);
    }
  });

  it('is undone by its down', async () => {
    const [all, left] = [names, names.slice(0, -1)];
    const migrated = (wanted: string[], undone: string[] = []) =>
      schemaAfter(async (database) => {
        for (const name of wanted) await (await load(name)).up(database);
        for (const name of undone) await (await load(name)).down(database);
      });
    assert.deepEqual(await migrated(all, names.slice(-1)), await migrated(left));
    assert.deepEqual(await migrated(all, names.toReversed()), []);
  });
});

interface TableModule {
  up(database: Knex): Promise<void>;
  down(database: Knex): Promise<void>;
}

const load = (name: string): Promise<TableModule> => import(path.join(modules, `${name}.ts`));

const statementsOf = (name: string): string => readFileSync(path.join(released, `${name}.sql`), 'utf8');

async function schemaAfter(work: (database: Knex) => Promise<void>): Promise<string[]> {
  const { url, drop } = await createDatabase();
  const database = knexFactory({ client: 'pg', connection: url });
  try {
    await work(database);
    return await describeSchema(database);
  } finally {
    await database.destroy();
    await drop();
  }
}
