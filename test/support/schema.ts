import type { Knex } from 'knex';

/**
 * Returns everything that `pg_dump -s` would write for the tables of a database, one fact per line, in an order that does not
 * depend on the time of creation: columns in their order, constraints, indexes and storage parameters. Knex's own tables are
 * excluded.
 */
export async function describeSchema(database: Knex): Promise<string[]> {
  const { rows } = await database.raw<{ rows: { line: string }[] }>(facts);
  return rows.map(({ line }) => line);
}

const facts = `
  with tables as (
    select oid, relname, relpersistence, reloptions, reltoastrelid from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'knex%'
  )
  select line from (
    select relname, 1 as part, attnum as place, concat_ws(' ', relname, attname, format_type(atttypid, atttypmod),
      case when attnotnull then 'not null' end, 'identity ' || nullif(attidentity::text, ''),
      'generated ' || nullif(attgenerated::text, ''), 'default ' || pg_get_expr(adbin, adrelid)) as line
    from tables join pg_attribute on attrelid = oid left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped
    union all
    select relname, 2, 0, concat_ws(' ', relname, conname, pg_get_constraintdef(pg_constraint.oid))
    from tables join pg_constraint on conrelid = tables.oid where contype <> 'n'
    union all
    select relname, 3, 0, pg_get_indexdef(indexrelid) from tables join pg_index on indrelid = oid
    union all
    select relname, 4, 0, relname || ' with ' || unnest(reloptions) from tables
    union all
    select relname, 4, 0, relname || ' unlogged' from tables where relpersistence = 'u'
    union all
    select tables.relname, 5, 0, tables.relname || ' with toast.' || unnest(toast.reloptions)
    from tables join pg_class as toast on toast.oid = tables.reltoastrelid
  ) as facts order by relname, part, place, line`;
