import { pluralOf } from './plurals.ts';

export interface Names {
  kebab: string;
  kebabPlural: string;
  camel: string;
  camelPlural: string;
  pascal: string;
  pascalPlural: string;
  snake: string;
  table: string;
  /** In sentences: `order item`, `order items`, `an order item`. */
  words: string;
  wordsPlural: string;
  one: string;
}

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const toPascal = (kebab: string) => kebab.split('-').map(upperFirst).join('');
const toCamel = (kebab: string) => toPascal(kebab).replace(/^./, (letter) => letter.toLowerCase());
const toSnake = (kebab: string) => kebab.replaceAll('-', '_');

/** Returns the column of a camelCase field: `firstName` is stored in `first_name`. */
export const columnName = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** PostgreSQL truncates a name to this number of bytes (NAMEDATALEN - 1). Every name here is ASCII. */
export const LONGEST_NAME = 63;

/** Returns the name of Knex's constraint for the unique column of a field: `users_email_unique`. */
export const uniqueConstraint = (table: string, field: string): string =>
  `${table}_${columnName(field)}_unique`.slice(0, LONGEST_NAME);

/** Returns the name of the constraint that limits the values of a field: `orders_status_check`. */
export const checkConstraint = (table: string, field: string): string =>
  `${table}_${columnName(field)}_check`.slice(0, LONGEST_NAME);

/** Returns the name of Knex's index of a column and the id: `orders_status_id_index`. */
export const indexName = (table: string, field: string): string =>
  `${table}_${columnName(field)}_id_index`.slice(0, LONGEST_NAME);

/** Returns the name of the constraint by which a column becomes NOT NULL, and which then goes. */
export const requiredConstraint = (table: string, field: string): string =>
  `${table}_${columnName(field)}`.slice(0, LONGEST_NAME - '_required'.length) + '_required';

/** Returns the name of the trigger that fills a column, and of its function. */
export const fillTrigger = (table: string, field: string): string =>
  `${table}_${columnName(field)}`.slice(0, LONGEST_NAME - '_fill'.length) + '_fill';

/** Returns the name of the trigger that keeps a column and the one with its earlier name equal, and of its function. */
export const renameTrigger = (table: string, field: string): string =>
  `${table}_${columnName(field)}`.slice(0, LONGEST_NAME - '_rename'.length) + '_rename';

/** Returns the name of Knex's constraint for a reference: `orders_customer_id_foreign`. */
export const foreignConstraint = (table: string, field: string): string =>
  `${table}_${columnName(field)}_foreign`.slice(0, LONGEST_NAME);

/** Returns every form of a singular kebab-case name in generated code. */
export function resourceNames(kebab: string): Names {
  const kebabPlural = pluralOf(kebab);
  const words = kebab.replaceAll('-', ' ');
  return {
    kebab,
    kebabPlural,
    camel: toCamel(kebab),
    camelPlural: toCamel(kebabPlural),
    pascal: toPascal(kebab),
    pascalPlural: toPascal(kebabPlural),
    snake: toSnake(kebab),
    table: toSnake(kebabPlural),
    words,
    wordsPlural: kebabPlural.replaceAll('-', ' '),
    one: `${/^[aeiou](?!ser|ni[tov])/.test(words) ? 'an' : 'a'} ${words}`,
  };
}
