import { randomUUID } from 'node:crypto';
import type { NewPayment } from '../src/models/payment.ts';

let count = 0;

/** A valid body for POST; no two are the same. */
export function newPayment(): Required<NewPayment> {
  count += 1;
  return {
    orderId: randomUUID(),
    amount: `${count}9.99`,
    status: 'PROCESSED',
  };
}
