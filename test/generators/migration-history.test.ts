import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import knexModule, { type Knex } from 'knex';
import { nameAfter } from '../../generators/service/migrations/names.ts';
import { columnName } from '../../generators/service/model/names.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { createGrowingService, runs, type Run } from './support/growing-service.ts';

const byName = (present: Map<string, string>) =>
  [...present].toSorted(([one], [other]) => (one < other ? -1 : 1));

const shape = (owned: Run['owned'], told: Run['told'] = {}): Run => ({
  owned,
  told,
  reversed: false,
  owner: 'nothing',
});

describe('the migrations of a service that is generated again and again', function () {
  this.timeout(180_000);
  it('keep their names and texts, and new ones follow all existing ones', () =>
    fc.assert(
      fc.asyncProperty(runs, async (sequence) => {
        const service = createGrowingService();
        const created: string[] = [];
        for (const [index, run] of sequence.entries()) {
          if (index === 1) service.forgetTables();
          const before = new Map(service.present);
          const { added } = await service.generate(run);
          const kept = byName(service.present).slice(0, service.present.size - added.length);
          const stayed = byName(before).filter(([name]) => service.present.has(name));
          if (run.owner === 'nothing') assert.deepEqual(kept, byName(before));
          else
            assert.deepEqual(
              kept.filter(([name]) => before.has(name)),
              stayed,
            );
          assert.ok(
            kept.every(([name]) => !added.includes(name)),
            'a new one sorts before one that was there',
          );
          created.push(
            ...added.filter((name) => /_(create_|event)/.test(name)).map((name) => name.slice(15)),
          );
        }
        assert.deepEqual([...new Set(created)], created, 'a table has two create migrations');
      }),
      { numRuns: 40 },
    ));

  it('get the tables of a newer runtime after all others, except for the tables that the owner added', async () => {
    const older = ['event_outbox', 'event_inbox', 'event_parked'].map((table, index): [string, string] => [
      `2026010100000${index}_${table}.ts`,
      `export { down, up } from 'microservice-runtime/tables/${table.replaceAll('_', '-')}';\n`,
    ]);
    const service = createGrowingService();
    for (const [name, text] of [...older, ['20270101000000_by_hand.ts', 'export {};\n'] as const])
      service.present.set(name, text);
    assert.deepEqual((await service.generate(shape({ user: ['name'] }))).added, [
      '20270101000001_event_inbox_2.ts',
      '20270101000002_create_users.ts',
    ]);

    const upgraded = createGrowingService();
    const byHand = "export { down, up } from 'microservice-runtime/tables/event-inbox-2';\n";
    for (const [name, text] of [...older, ['20270101000000_upgrade.ts', byHand] as const])
      upgraded.present.set(name, text);
    assert.deepEqual((await upgraded.generate(shape({ user: ['name'] }))).added, [
      '20270101000001_create_users.ts',
    ]);
  });

  it('get all tables of the event bus in one migration, once', async () => {
    const service = createGrowingService();
    const user = shape({ user: ['name'] });
    assert.deepEqual((await service.generate(user)).added, [
      '20260101000000_events.ts',
      '20260101000010_create_users.ts',
    ]);
    assert.deepEqual((await service.generate(user)).added, []);
    service.present.delete('20260101000000_events.ts');
    assert.deepEqual((await service.generate(user)).added, []);

    const renamed = createGrowingService();
    const text = "export { down, up } from 'microservice-runtime/tables/events';\n";
    renamed.present.set('20250101000000_tables.ts', text);
    assert.deepEqual((await renamed.generate(user)).added, ['20260101000010_create_users.ts']);
  });

  it('continue the numbers of the owner, with the same number of digits', () => {
    const preferred = '20260101000010_create_users';
    assert.equal(nameAfter([], preferred), preferred);
    assert.equal(nameAfter(['20251231000000_a.ts'], preferred), preferred);
    assert.equal(nameAfter(['20260101000010_z.ts'], preferred), '20260101000011_create_users');
    assert.equal(nameAfter(['20270101235959_a.js', '0001_b.ts'], preferred), '20270101235960_create_users');
    assert.throws(
      () => nameAfter(['last.ts'], preferred),
      /migrations\/last\.ts sorts after every new migration/,
    );
    assert.throws(
      () => nameAfter(['9_a.ts'], preferred),
      /migrations\/9_a\.ts sorts after every new migration/,
    );
  });
});

const sequences: Record<string, Run[]> = {
  'a resource and a provider gain fields': [
    shape({ user: ['name', 'age'] }, { account: ['name'] }),
    shape({ user: ['name', 'age', 'note'] }, { account: ['name', 'at', 'data'] }),
  ],
  'a required field goes, and comes back after a resource': [
    shape({ user: ['name', 'age'] }),
    shape({ user: ['age'] }),
    shape({ order: ['name'], user: ['age'] }, { wallet: ['age'] }),
    shape({ user: ['note', 'age'] }, { wallet: ['note'], account: ['name'] }),
  ],
};

describe('the schema of a service that grew', function () {
  this.timeout(180_000);
  let folder: string;
  const databases: TestDatabase[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'migrations-'));
  });
  afterEach(async () => {
    await Promise.all(databases.splice(0).map((database) => database.drop()));
    await rm(folder, { recursive: true, force: true });
  });

  const connect = async () => {
    const database = await createDatabase();
    databases.push(database);
    return knexModule({ client: 'pg', connection: database.url });
  };

  for (const [title, sequence] of Object.entries(sequences)) {
    it(`is the same from scratch as from every earlier state, and fits the code: ${title}`, async () => {
      const service = createGrowingService();
      const stages: Knex[] = [];
      let tables: Awaited<ReturnType<typeof service.generate>>['tables'] = [];
      for (const run of sequence) {
        ({ tables } = await service.generate(run));
        stages.push(await connect());
        for (const database of stages) await migrate(database, service.present);
      }
      const catalogs = await Promise.all(stages.map(catalog));
      await Promise.all(stages.map((database) => database.destroy()));
      const fresh = catalogs.at(-1);
      for (const grown of catalogs) assert.deepEqual(grown, fresh);
      for (const { name, fields } of tables) {
        const columns = new Map(
          fresh?.columns.filter((row) => row.table === name).map((row) => [row.column, row]),
        );
        for (const field of fields) assert.ok(columns.has(columnName(field.name)), `${name}.${field.name}`);
        const required = [...columns.values()].filter((row) => row.nullable === 'NO' && row.default === null);
        const given = new Set([
          'id',
          ...fields.filter((field) => !field.optional).map((field) => columnName(field.name)),
        ]);
        for (const { column } of required) assert.ok(given.has(column), `no code writes ${name}.${column}`);
      }
    });
  }

  /** Does what `knex migrate:latest` does, except for the tables of the runtime. */
  async function migrate(database: Knex, present: Map<string, string>): Promise<void> {
    const own = byName(present).filter(([name]) => !/_event(s|_)/.test(name));
    for (const [name, text] of own) await writeFile(path.join(folder, name), text);
    await database.migrate.latest({
      migrationSource: {
        getMigrations: async () => own.map(([name]) => name),
        getMigrationName: (name: string) => name,
        getMigration: (name: string) =>
          import(pathToFileURL(path.join(folder, name)).href) as Promise<Knex.Migration>,
      },
    });
  }
});

interface Column {
  table: string;
  column: string;
  type: string;
  nullable: string;
  default: string | null;
}

async function catalog(database: Knex) {
  const { rows: columns }: { rows: Column[] } = await database.raw(
    `select table_name as table, column_name as column, data_type as type, is_nullable as nullable, column_default as default
     from information_schema.columns where table_schema = 'public' and table_name not like 'knex%' order by 1, 2`,
  );
  const { rows: indexes }: { rows: object[] } = await database.raw(
    `select indexdef from pg_indexes where schemaname = 'public' and tablename not like 'knex%' order by 1`,
  );
  return { columns, indexes };
}
