import { randomUUID } from 'node:crypto';
import knexFactory, { type Knex } from 'knex';
import { up as createOutboxTable } from '../../src/runtime/tables/event-outbox.ts';

export interface User {
  id: string;
  email: string;
  displayName: string;
  age: number | null;
  createdAt: string;
}

export interface UserPage {
  items: User[];
  next: string | null;
}

export type NewUser = Omit<User, 'id' | 'createdAt'>;
type Row = Omit<User, 'createdAt'> & { createdAt: Date };

/** The largest pool of every side. */
export const POOL = 10;

const columns = ['id', 'email', 'display_name as displayName', 'age', 'created_at as createdAt'];
const toUser = (row: Row): User => ({ ...row, createdAt: row.createdAt.toISOString() });

export const connect = (databaseUrl: string): Knex =>
  knexFactory({ client: 'pg', connection: databaseUrl, pool: { min: 0, max: POOL } });

export async function createTables(database: Knex): Promise<void> {
  await createOutboxTable(database);
  await database.schema.createTable('users', (table) => {
    table.uuid('id').primary().defaultTo(database.fn.uuid());
    table.text('email').notNullable();
    table.text('display_name').notNullable();
    table.integer('age');
    table.timestamp('created_at').notNullable().defaultTo(database.fn.now(3));
    table.index(['created_at', 'id']);
  });
}

/** SQL written by hand: one select by key, one insert in a transaction, with or without an event, the first page of a list. */
export const createUsers = (database: Knex) => ({
  async find(id: string): Promise<User | undefined> {
    const row: Row | undefined = await database('users').where({ id }).first(columns);
    return row && toUser(row);
  },

  async list(limit: number): Promise<UserPage> {
    const rows: Row[] = await database('users')
      .select(columns)
      .orderBy(['created_at', 'id'])
      .limit(limit + 1);
    const items = rows.slice(0, limit).map(toUser);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return { items, next: last ? Buffer.from(`${last.createdAt} ${last.id}`).toString('base64url') : null };
  },

  insertAndPublish: ({ email, displayName, age }: NewUser): Promise<User> =>
    database.transaction(async (trx) => {
      const rows: Row[] = await trx('users')
        .insert({ email, display_name: displayName, age })
        .returning(columns);
      const user = toUser(rows[0]!);
      await trx('event_outbox').insert({
        topic: 'user.events',
        key: user.id,
        headers: JSON.stringify({ type: 'user.created', id: randomUUID() }),
        payload: JSON.stringify(user),
      });
      return user;
    }),

  insert: ({ email, displayName, age }: NewUser): Promise<User> =>
    database.transaction(async (trx) => {
      const rows: Row[] = await trx('users')
        .insert({ email, display_name: displayName, age })
        .returning(columns);
      return toUser(rows[0]!);
    }),
});
