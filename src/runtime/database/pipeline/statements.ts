import { statementMessages } from './messages.ts';

/** The forms of BEGIN that Knex and the request limits send. None of them can fail in an idle session. */
const begin =
  /^BEGIN( TRANSACTION( ISOLATION LEVEL (read uncommitted|read committed|repeatable read|serializable))?( READ ONLY)?)?;?(\s*SET LOCAL (lock|statement)_timeout = \d+;)*\s*$/i;

/** The statements that wait for the next one. */
export interface Leading {
  count: number;
  messages: Buffer;
}

const leadings = new Map<string, Leading>();
/** A service has one text for each level and access mode that it uses. */
const MOST_LEADINGS = 100;

/** The statements of a BEGIN that may wait for the next statement; undefined for any other text. */
export function deferrableBegin(text: string): Leading | undefined {
  const known = leadings.get(text);
  if (known || !begin.test(text)) return known;
  const statements = text.split(';').flatMap((each) => each.trim() || []);
  const leading = { count: statements.length, messages: Buffer.concat(statements.map(statementMessages)) };
  if (leadings.size < MOST_LEADINGS) leadings.set(text, leading);
  return leading;
}

/** The command that ends a whole transaction; undefined for any other text, such as the end of a savepoint. */
export function commandOfEnd(text: string): 'COMMIT' | 'ROLLBACK' | undefined {
  if (/^COMMIT;?$/i.test(text)) return 'COMMIT';
  return /^ROLLBACK;?$/i.test(text) ? 'ROLLBACK' : undefined;
}

/** A text without a semicolon inside that begins like this is one statement, and no COPY, which would need a Sync of its own. */
const one = /^[\s(]*(select|insert|update|delete|merge|with|values|savepoint|set|lock)\b[^;]*;?\s*$/i;

/** A query as it is given to `pg`. */
export interface GivenQuery {
  text?: unknown;
  name?: unknown;
  values?: unknown;
  /** The most rows of a page, whose reading needs several round trips. */
  rows?: unknown;
  /** A query that writes its own messages, such as a cursor. */
  submit?: unknown;
}

/**
 * Whether other statements may share the Sync of a query: it is one statement, and means the same in the extended protocol.
 * With values or a name, `pg` always sends it in that protocol.
 */
export function sharesSync({ text, name, values = [], rows, submit }: GivenQuery): boolean {
  if (submit !== undefined || rows || typeof text !== 'string' || !Array.isArray(values)) return false;
  return values.length > 0 || name !== undefined || one.test(text);
}
