import { HIDDEN } from './secret-names.ts';
import type { Fields } from './written-error.ts';

/** Fields of errors from PostgreSQL (https://www.postgresql.org/docs/current/protocol-error-fields.html) and from Knex. */
const quoting = { where: undefined, internalQuery: undefined, bindings: undefined, parameters: undefined };
const sqlState = /^[0-9A-Z]{5}$/;
const processes = /^Process \d+ waits for /;

/** Reports whether these are the fields of a PostgreSQL or Knex error, which quote rows. */
export function quotesRows(fields: Fields): boolean {
  if (typeof fields['detail'] === 'string') return true;
  return isOfPostgres(fields) || ('bindings' in fields && 'sql' in fields);
}

const isOfPostgres = ({ code, ...fields }: Fields): boolean =>
  typeof code === 'string' && sqlState.test(code) && 'severity' in fields;

/** Removes the values of rows from the fields. A PostgreSQL detail in an unknown form is dropped completely. */
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
 * Removes the row's values, which may be secret, from the `detail` of a PostgreSQL error: `Key (email)=(a@b.c) already
 * exists.` and `Failing row contains (1, a@b.c, null).` A value may contain parentheses: it ends at the last one.
 */
const withoutValues = (detail: string): string =>
  detail
    .replace(/^(Failing row contains )\(.*\)/s, `$1(${HIDDEN})`)
    .replace(/^(Key .*?\)=)\(.*\)( conflicts with existing key .*?\)=)\(.*\)/s, `$1(${HIDDEN})$2(${HIDDEN})`)
    .replace(/^(Key (?:(?! conflicts with).)*?\)=)\((?!\[Redacted\]\)).*\)/s, `$1(${HIDDEN})`);
