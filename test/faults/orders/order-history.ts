import { balances, openingBalance } from './services/service-tables.ts';
import type { Shop } from './shop.ts';

/** An effect on an order, as a service's database has it. */
export interface Entry {
  orderId: string;
  /** CONFIRMED, CANCELLED, or a step with `done` or `undone`. */
  entry: string;
  total: number;
}

/** The complete record of a campaign, after everything has come to rest. */
export interface OrderHistory {
  /** The orders that were answered with 201. */
  acknowledged: readonly string[];
  /** The orders in the database. */
  placed: readonly { id: string; total: number; status: string }[];
  /** The status of each saga. */
  sagas: readonly { id: string; status: string }[];
  entries: readonly Entry[];
  /** The changes of all balances together. */
  money: number;
  stock: number;
}

export async function readOrderHistory(
  { orders, payment, warehouse }: Shop,
  acknowledged: readonly string[],
): Promise<OrderHistory> {
  const ledgers = await Promise.all(
    [orders, payment, warehouse].map(({ database }): Promise<Entry[]> =>
      database('ledger').orderBy('place').select({ orderId: 'order_id', entry: 'entry', total: 'total' }),
    ),
  );
  const changeOf = async ({ database }: Shop['payment']): Promise<number> => {
    const row = await database('balances').sum({ amount: 'amount' }).first();
    return Number(row?.amount) - balances * openingBalance;
  };
  return {
    acknowledged,
    placed: await orders.database('orders').select('id', 'total', 'status'),
    sagas: await orders.database('saga_instances').select('id', 'status'),
    entries: ledgers.flat(),
    money: await changeOf(payment),
    stock: await changeOf(warehouse),
  };
}
