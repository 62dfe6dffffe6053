import { seen } from '../../outside/seen.ts';
import { text } from '../../rendering/writers.ts';
import type { Code } from '../../rendering/code.ts';

/** Returns the reason why a text cannot be the SQL of a value; undefined if it can. */
export function backfillFault(sql: string): string | undefined {
  if (sql.trim() === '') return 'the SQL of the value is empty';
  const odd = /[;\p{Cc}]|\$fill\$|--|\/\*/u.exec(sql)?.[0];
  if (odd !== undefined)
    return `the SQL of the value contains ${JSON.stringify(odd)}; write one expression without comments, such as 'open' or lower(email)`;
  if (/^[\s(]*null(?:::\w+)?[\s)]*$/i.test(sql))
    return 'the SQL of the value is null, but each row needs a value; write another expression, or make the field optional';
  return isBalanced(sql)
    ? undefined
    : `the SQL of the value has a quote or a parenthesis without its other one: ${seen(sql)}; write one complete expression`;
}

/** Whether each parenthesis outside of texts and quoted names is closed. */
function isBalanced(sql: string): boolean {
  const rest = sql.replaceAll(/'[^']*'|"[^"]*"/g, '');
  if (/['"]/.test(rest)) return false;
  let open = 0;
  for (const sign of rest) {
    if (sign === '(') open += 1;
    if (sign === ')') open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

/** Returns a TypeScript string of an SQL expression for `knex.raw`, in which a question mark is a placeholder. */
export const sqlText = (sql: string): Code => text(`(${sql.trim().replaceAll('?', String.raw`\?`)})`);
