import { text } from '../../rendering/writers.ts';
import type { Code } from '../../rendering/code.ts';

/** Returns the reason why a text cannot be the SQL of a value; undefined if it can. */
export function backfillFault(sql: string): string | undefined {
  if (sql.trim() === '') return 'the SQL of the value is empty';
  const odd = /[;\p{Cc}]|\$fill\$|--|\/\*/u.exec(sql)?.[0];
  if (odd === undefined) return undefined;
  return `the SQL of the value contains ${JSON.stringify(odd)}; write one expression without comments, such as 'open' or lower(email)`;
}

/** Returns a TypeScript string of an SQL expression for `knex.raw`, in which a question mark is a placeholder. */
export const sqlText = (sql: string): Code => text(`(${sql.trim().replaceAll('?', String.raw`\?`)})`);
