import type { Knex } from 'knex';

/** Inserts three payments for development, unless they exist. Seeded rows publish no events. */
export const seed = (knex: Knex) =>
  knex('payments')
    .insert([
      {
        id: '00000000-0000-4000-8000-000000000001',
        order_id: '01890a5d-ac96-774b-bcce-b302099a8051',
        amount: '19.99',
        status: 'PROCESSED',
      },
      {
        id: '00000000-0000-4000-8000-000000000002',
        order_id: '01890a5d-ac96-774b-bcce-b302099a8052',
        amount: '49.50',
        status: 'REFUNDED',
      },
      {
        id: '00000000-0000-4000-8000-000000000003',
        order_id: '01890a5d-ac96-774b-bcce-b302099a8053',
        amount: '9.00',
        status: 'PROCESSED',
      },
    ])
    .onConflict()
    .ignore();
