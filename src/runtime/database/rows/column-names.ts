/** More than the tables and columns of a service, and no longer than a name of PostgreSQL. */
const MOST_NAMES = 1_000;
const LONGEST_NAME = 63;

/** Returns the column of a camelCase name: `firstName` becomes `first_name`. Lower-case names do not change. */
export const snakeCase = remembering((name) =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);

/**
 * Returns the camelCase name of a column: `first_name` becomes `firstName`. `snakeCase` reverses this for every lower-case
 * column, so `address_2`, `_first` and `a__b` keep their underscores.
 */
export const camelCase = remembering((column) =>
  column.replaceAll(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
);

/** Every statement has the same few names, so they are converted once. Bounded, since a name may come from a client. */
function remembering(convert: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const converted = convert(name);
    if (known.size < MOST_NAMES && name.length <= LONGEST_NAME) known.set(name, converted);
    return converted;
  };
}
