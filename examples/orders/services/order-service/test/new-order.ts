import { randomUUID } from 'node:crypto';
import type { NewOrder } from '../src/models/order.ts';

let count = 0;

/** A valid body for POST; no two are the same. */
export function newOrder(): Required<NewOrder> {
  count += 1;
  return {
    itemId: randomUUID(),
    quantity: 100 + count,
    amount: `${count}9.99`,
    status: 'PENDING',
  };
}
