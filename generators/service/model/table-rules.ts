import type { Field } from './answers.ts';
import { isIndexed } from './field-form.ts';
import { columnName, LONGEST_NAME } from './names.ts';
import { runtimeTables } from './reserved-words.ts';
import type { CopyView, ResourceView } from './view.ts';

/**
 * A row of PostgreSQL must fit into one page of 8 KiB. Up to 24 bytes of each value stay in the page even if the value is moved
 * out of it (TOAST), so a row of 300 columns always fits. PostgreSQL allows at most 1,600 columns.
 * https://www.postgresql.org/docs/current/limits.html
 */
const MOST_COLUMNS = 300;

interface Planned {
  name: string;
  /** `the resource "user"` */
  what: string;
  /** Advice to the user if it has too many fields. */
  remedy: string;
  /** The columns of every table of its kind. */
  own: string[];
  /** The column by which its lists are sorted. */
  time: string;
  fields: Field[];
}

/** Returns the reason why PostgreSQL cannot hold these tables together; undefined if it can. */
export function tablesFault(resources: ResourceView[], copies: CopyView[]): string | undefined {
  const tables = [...resources.map(ofResource), ...copies.map(ofCopy)];
  return tables.map(widthFault).find((fault) => fault !== undefined) ?? relationsFault(tables);
}

const ofResource = ({ kebab, table, fields }: ResourceView): Planned => ({
  name: table,
  what: `the resource "${kebab}"`,
  remedy: 'use fewer fields, or combine some in one field of type json',
  own: ['id', 'created_at', 'updated_at'],
  time: 'created_at',
  fields,
});

const ofCopy = ({ aggregate, table, fields, events }: CopyView): Planned => ({
  name: table,
  what: `the copy of "${aggregate.kebab}"`,
  remedy: `remove some of its events from --consumes (${events.map(({ type }) => type).join(', ')}), or consume them in your own code`,
  own: ['id', 'copied_at'],
  time: 'copied_at',
  fields,
});

function widthFault({ what, remedy, own, fields }: Planned): string | undefined {
  const columns = own.length + fields.length;
  if (columns <= MOST_COLUMNS) return undefined;
  return `${what} would have ${columns} columns, but with more than ${MOST_COLUMNS} a row may not fit into a page of PostgreSQL; ${remedy}`;
}

/** Tables and indexes share one namespace in PostgreSQL, and Knex names an index after its table and column. */
function relationsFault(tables: Planned[]): string | undefined {
  const taken = new Map([...runtimeTables].map((name) => [name, 'the runtime']));
  for (const [name, what] of tables.flatMap(relationsOf)) {
    const cut = name.slice(0, LONGEST_NAME);
    const other = taken.get(cut);
    if (other !== undefined)
      return `${other} and ${what} would both be named "${cut}" in PostgreSQL, which truncates names to ${LONGEST_NAME} bytes; shorten or rename one`;
    taken.set(cut, what);
  }
  return undefined;
}

function relationsOf({ name, what, time, fields }: Planned): [name: string, what: string][] {
  const indexed = fields.filter(isIndexed);
  return [
    [name, `the table of ${what}`],
    [`${name}_pkey`, `the primary key of ${what}`],
    [`${name}_${time}_id_index`, `the index of ${what} for pages`],
    ...indexed.map((field): [string, string] => [
      `${name}_${columnName(field.name)}_${field.unique ? 'unique' : 'id_index'}`,
      `the index of the field "${field.name}" of ${what}`,
    ]),
  ];
}
