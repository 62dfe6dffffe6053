import type { Knex } from 'knex';

/** Inserts three users for development. Running it again changes nothing. Seeded rows publish no events. */
export const seed = (knex: Knex) =>
  knex('users')
    .insert(
      [1, 2, 3].map((n) => ({
        id: `00000000-0000-4000-8000-00000000000${n}`,
        email: `email ${n}`,
        name: `name ${n}`,
        age: n,
        active: n % 2 === 0,
      })),
    )
    .onConflict('id')
    .ignore();
