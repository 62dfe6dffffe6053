import knexFactory, { type Knex } from 'knex';

export interface User {
  id: string;
  email: string;
  displayName: string;
  age: number | null;
  createdAt: string;
}

export type NewUser = Omit<User, 'id' | 'createdAt'>;
type Row = Omit<User, 'createdAt'> & { createdAt: Date };

const columns = ['id', 'email', 'display_name as displayName', 'age', 'created_at as createdAt'];
const toUser = (row: Row): User => ({ ...row, createdAt: row.createdAt.toISOString() });

/** The table and the pool are the same for both sides. */
export const connect = (databaseUrl: string): Knex =>
  knexFactory({ client: 'pg', connection: databaseUrl, pool: { min: 0, max: 10 } });

export const createTable = (database: Knex): Promise<void> =>
  database.schema.createTable('users', (table) => {
    table.uuid('id').primary().defaultTo(database.fn.uuid());
    table.text('email').notNullable();
    table.text('display_name').notNullable();
    table.integer('age');
    table.timestamp('created_at').notNullable().defaultTo(database.fn.now(3));
  });

/** The SQL of both sides: one select by key, and one insert in a transaction. */
export const createUsers = (database: Knex) => ({
  async find(id: string): Promise<User | undefined> {
    const row: Row | undefined = await database('users').where({ id }).first(columns);
    return row && toUser(row);
  },

  insert: ({ email, displayName, age }: NewUser): Promise<User> =>
    database.transaction(async (trx) => {
      const rows: Row[] = await trx('users')
        .insert({ email, display_name: displayName, age })
        .returning(columns);
      return toUser(rows[0]!);
    }),
});
