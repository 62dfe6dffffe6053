/** The column of a camelCase name: `firstName` is `first_name`. Names in lower case stay. */
export const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * The camelCase name of a column: `first_name` is `firstName`. `snakeCase` leads back to every column in lower case, and so
 * `address_2`, `_first` and `a__b` keep their underscores.
 */
export const camelCase = (column: string): string =>
  column.replaceAll(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
