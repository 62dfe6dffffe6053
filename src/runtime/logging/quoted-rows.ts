import { HIDDEN } from './secret-names.ts';

type Fields = Record<string, unknown>;

/** Of PostgreSQL's errors (https://www.postgresql.org/docs/current/protocol-error-fields.html), and of Knex's. */
const quoting = { where: undefined, internalQuery: undefined, bindings: undefined, parameters: undefined };
const sqlState = /^[0-9A-Z]{5}$/;
const processes = /^Process \d+ waits for /;

/** Whether these are the fields of an error of PostgreSQL, or of Knex, which quote the rows that they are about. */
export function quotesRows(fields: Fields): boolean {
  if (typeof fields['detail'] === 'string') return true;
  return isOfPostgres(fields) || ('bindings' in fields && 'sql' in fields);
}

const isOfPostgres = ({ code, ...fields }: Fields): boolean =>
  typeof code === 'string' && sqlState.test(code) && 'severity' in fields;

/** The same without the values of the rows. Of an error of PostgreSQL, a detail in words of others is dropped as a whole. */
export function withoutRows(fields: Fields): Fields {
  const { detail } = fields;
  const known = typeof detail === 'string' ? withoutValues(detail) : undefined;
  if (!isOfPostgres(fields)) {
    const bindings = 'sql' in fields ? { bindings: undefined } : {};
    return { ...fields, ...bindings, ...(known !== undefined && { detail: known }) };
  }
  const isTold = known !== undefined && (known !== detail || processes.test(known));
  return { ...fields, ...quoting, detail: isTold ? known : undefined };
}

/**
 * The `detail` of an error of PostgreSQL without the values of the row, which may be secret: `Key (email)=(a@b.c) already
 * exists.` and `Failing row contains (1, a@b.c, null).` A value may hold parentheses: it ends with the last one.
 */
const withoutValues = (detail: string): string =>
  detail
    .replace(/^(Failing row contains )\(.*\)/s, `$1(${HIDDEN})`)
    .replace(/^(Key .*?\)=)\(.*\)( conflicts with existing key .*?\)=)\(.*\)/s, `$1(${HIDDEN})$2(${HIDDEN})`)
    .replace(/^(Key (?:(?! conflicts with).)*?\)=)\((?!\[Redacted\]\)).*\)/s, `$1(${HIDDEN})`);
