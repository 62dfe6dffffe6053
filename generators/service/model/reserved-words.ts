const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Words that cannot name a variable in a strict-mode module (ECMAScript 2025, sections 12.7.2 and 13.1.1). */
export const javascriptWords = words(`
  arguments async await break case catch class const continue debugger default delete do else enum eval export extends
  false finally for function if implements import in instanceof interface let new null package private protected public
  return static super switch this throw true try typeof undefined var void while with yield
`);

/** Keywords that PostgreSQL 18 requires to be quoted as a table or column name, and the names of its system columns. */
export const postgresWords = words(`
  all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
  concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
  full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning
  right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user
  using variadic verbose when where window with
  cmax cmin ctid oid tableoid xmax xmin
`);

/** Members of every JavaScript object; a field with such a name would hide one. */
export const objectMembers = words(`
  __proto__ constructor hasOwnProperty isPrototypeOf propertyIsEnumerable prototype then toJSON toLocaleString toString
  valueOf
`);

/** Tables of the runtime and of Knex. */
export const runtimeTables = words(`
  event_inbox event_outbox event_parked event_parked_keys event_positions knex_migrations knex_migrations_lock
  projection_active projection_versions
`);

/**
 * Variables that generated code declares next to one named like a resource or its plural, or takes from the language. A test
 * generates and compiles resources with similar, allowed nouns.
 */
export const generatedVariables = words(`
  app bus changes checkPrecondition config console contracts created database error event globalThis httpClients id infinity joi json
  knex logger notFound outer page precondition process publish req res router row server service trx undefined updated
`);

/** Types that generated code uses next to one named like a resource, and types whose shadow would mislead. */
export const generatedTypes = words(`
  Array Boolean ConflictError Date Error EventBus EventContracts Function Infinity InvalidError JSON Knex NaN
  NotFoundError Number Object Omit Page PageQuery Partial Problem Promise QueryOf Required ReturnType String Symbol TestService
  UnavailableError
`);

/** Functions and types that the code of a client and its fake import, or use from the language. */
export const clientIdentifiers = words(`
  createHttpClient HttpClientOptions Omit ReturnType startFakeApi
`);
