import type { Knex } from 'knex';

/** Inserts three users for development, unless they exist. Seeded rows publish no events. */
export const seed = (knex: Knex) =>
  knex('users')
    .insert([
      {
        id: '00000000-0000-4000-8000-000000000001',
        email: 'ada@example.com',
        name: 'Ada Lovelace',
        age: 36,
        active: true,
      },
      {
        id: '00000000-0000-4000-8000-000000000002',
        email: 'grace@example.com',
        name: 'Grace Hopper',
        age: 45,
        active: false,
      },
      {
        id: '00000000-0000-4000-8000-000000000003',
        email: 'alan@example.com',
        name: 'Alan Turing',
        age: 28,
        active: true,
      },
    ])
    .onConflict()
    .ignore();
