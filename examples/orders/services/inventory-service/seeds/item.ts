import type { Knex } from 'knex';

/** Inserts three items for development, unless they exist. Seeded rows publish no events. */
export const seed = (knex: Knex) =>
  knex('items')
    .insert([
      {
        id: '00000000-0000-4000-8000-000000000001',
        name: 'Desk lamp',
        quantity: 1,
      },
      {
        id: '00000000-0000-4000-8000-000000000002',
        name: 'Coffee mug',
        quantity: 2,
      },
      {
        id: '00000000-0000-4000-8000-000000000003',
        name: 'Notebook',
        quantity: 3,
      },
    ])
    .onConflict()
    .ignore();
