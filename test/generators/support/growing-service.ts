import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import type { ConsumedEvent, Field, ServiceAnswers } from '../../../generators/service/model/answers.ts';
import { parseFields } from '../../../generators/service/fields/grammar.ts';
import { migrationFiles } from '../../../generators/service/files.ts';
import { historyOf, storedTables } from '../../../generators/service/migrations/history.ts';
import { planMigrations } from '../../../generators/service/migrations/plan.ts';
import { tablesOf } from '../../../generators/service/migrations/tables.ts';
import { fromStored, toStored } from '../../../generators/service/stored/stored-answers.ts';
import { serviceView } from '../../../generators/service/view/service-view.ts';
import { templatesRoot } from '../../../generators/rendering/templates-root.ts';
import { serviceAnswers } from '../../support/service-answers.ts';
import type { Remembered } from '../../../generators/output/yo-rc.ts';

/** Each resource with its fields; `account` and `wallet` belong to another service, whose events are consumed. */
export interface Shape {
  owned: Record<string, string[]>;
  told: Record<string, string[]>;
}

/** One run: the resources, their order, and the owner's changes to the folder before it. */
export interface Run extends Shape {
  reversed: boolean;
  owner: 'nothing' | 'adds a migration' | 'deletes one' | 'renames one';
}

const types: Record<string, string> = {
  name: 'string',
  note: 'text',
  age: 'integer',
  data: 'json',
  at: 'timestamp',
};
const fieldNames = fc.uniqueArray(fc.constantFrom(...Object.keys(types)), { minLength: 1, maxLength: 3 });
const shapes = (...names: string[]) =>
  fc.dictionary(fc.constantFrom(...names), fieldNames, { maxKeys: names.length, noNullPrototype: true });

/** Runs in any order: resources and events come, grow, lose fields, and go. */
export const runs: fc.Arbitrary<Run[]> = fc.array(
  fc.record({
    owned: shapes('user', 'order', 'cart'),
    told: shapes('account', 'wallet'),
    reversed: fc.boolean(),
    owner: fc.constantFrom(
      'nothing' as const,
      'nothing' as const,
      'adds a migration' as const,
      'deletes one' as const,
      'renames one' as const,
    ),
  }),
  { minLength: 2, maxLength: 5 },
);

/** A service in memory, which can be generated any number of times. */
export function createGrowingService() {
  const root = templatesRoot('service');
  let base = new Map<string, string>();
  let remembered: Pick<Remembered, 'answers' | 'tables'> | undefined;
  const present = new Map<string, string>();

  return {
    /** The content of `migrations/`: file name to text. */
    present,
    /** The state that earlier versions left, which did not store tables. */
    forgetTables: () => {
      if (remembered) remembered = { answers: remembered.answers };
    },
    /** Generates the service; resolves to the names of the new migrations, and the tables that the code uses then. */
    async generate(run: Run) {
      actAsOwner(run.owner, present);
      const answers = answersOf(run, remembered);
      const view = serviceView(answers);
      const history = historyOf(remembered, base, present);
      const plan = planMigrations(view, history);
      const files = await migrationFiles(view, root, plan);
      for (const [file, text] of files) {
        const name = path.basename(file);
        assert.ok(!present.has(name), `${name} is written twice`);
        present.set(name, text);
      }
      base = new Map([...history.born, ...files]);
      const stored = { answers: toStored(answers), tables: storedTables(plan.tables) };
      remembered = JSON.parse(JSON.stringify(stored)) as typeof remembered;
      return { added: [...files.keys()].map((file) => path.basename(file)), tables: tablesOf(view) };
    },
  };
}

function actAsOwner(owner: Run['owner'], present: Map<string, string>): void {
  const last = [...present.keys()].toSorted().at(-1);
  if (last === undefined || owner === 'nothing') return;
  if (owner === 'adds a migration')
    return void present.set(`2027${last.slice(4, 14)}_by_hand.ts`, 'export {};\n');
  const text = present.get(last) ?? '';
  present.delete(last);
  if (owner === 'renames one') present.set(last.replace(/\.ts$/, '_renamed.ts'), text);
}

/** A new field in an existing table must be optional; in a new table, every second field is required. */
function answersOf(
  { owned, told, reversed }: Run,
  remembered?: Pick<Remembered, 'answers' | 'tables'>,
): ServiceAnswers {
  const before = remembered ? (fromStored(remembered.answers).resources ?? []) : [];
  const had = (resource: string, field: string) =>
    before.find(({ name }) => name === resource)?.fields.find(({ name }) => name === field);
  const isNew = (resource: string) =>
    remembered?.tables
      ? !(`${resource}s` in remembered.tables)
      : !before.some(({ name }) => name === resource);
  const resources = Object.entries(owned).map(([name, fields]) => ({
    name,
    fields: fields.map((field, index): Field => {
      const [parsed] = parseFields(`${field}:${types[field]}`);
      assert.ok(parsed);
      return { ...parsed, optional: had(name, field)?.optional ?? !(isNew(name) && index % 2 === 0) };
    }),
  }));
  const consumes = Object.entries(told).map(([name, fields]) => eventOf(name, fields));
  return serviceAnswers({
    name: 'shop',
    description: 'A shop',
    resources: reversed ? resources.toReversed() : resources,
    consumes: reversed ? consumes.toReversed() : consumes,
  });
}

const eventOf = (aggregate: string, fields: string[]): ConsumedEvent => ({
  type: `${aggregate}.created`,
  version: 1,
  topic: `${aggregate}.events`,
  aggregate,
  from: `${aggregate}-service`,
  schema: { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, schemaOf(field)])) },
  fields: parseFields(fields.map((field) => `${field}:${types[field]}:optional`).join(' ')),
});

const schemas: Record<string, object> = {
  string: { type: 'string', maxLength: 255 },
  text: { type: 'string' },
  integer: { type: 'integer', minimum: -5, maximum: 5 },
  json: { type: 'object' },
  timestamp: { type: 'string', format: 'date-time' },
};
const schemaOf = (field: string) => schemas[types[field] ?? ''] ?? {};
