/** Returns the column of a camelCase name: `firstName` becomes `first_name`. Lower-case names do not change. */
export const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Returns the camelCase name of a column: `first_name` becomes `firstName`. `snakeCase` reverses this for every lower-case
 * column, so `address_2`, `_first` and `a__b` keep their underscores.
 */
export const camelCase = (column: string): string =>
  column.replaceAll(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
