import type { Knex } from 'knex';

/** Inserts three orders for development, unless they exist. Seeded rows publish no events. */
export const seed = (knex: Knex) =>
  knex('orders')
    .insert([
      {
        id: '00000000-0000-4000-8000-000000000001',
        item_id: '01890a5d-ac96-774b-bcce-b302099a8051',
        quantity: 1,
        amount: '19.99',
        status: 'PENDING',
      },
      {
        id: '00000000-0000-4000-8000-000000000002',
        item_id: '01890a5d-ac96-774b-bcce-b302099a8052',
        quantity: 2,
        amount: '49.50',
        status: 'CONFIRMED',
      },
      {
        id: '00000000-0000-4000-8000-000000000003',
        item_id: '01890a5d-ac96-774b-bcce-b302099a8053',
        quantity: 3,
        amount: '9.00',
        status: 'CANCELLED',
      },
    ])
    .onConflict()
    .ignore();
