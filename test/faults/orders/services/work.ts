import type { Knex } from 'knex';
import { addParticipant, type EventBus } from 'microservice-runtime';
import { drawOf, failedAttempts, failedCompensations, isRefused } from './behavior.ts';
import { failFirst } from './failures.ts';
import { balances } from './service-tables.ts';
import type { StepEvents, StepName } from './order-events.ts';

export interface WorkOptions {
  bus: EventBus;
  database: Knex;
  seed: number;
  name: StepName;
  events: StepEvents;
}

/** Records the effect of a step, or its undoing, and moves the money or the stock. */
export async function record(
  trx: Knex.Transaction,
  step: StepName,
  { orderId, total, isUndone }: { orderId: string; total: number; isUndone: boolean },
): Promise<void> {
  const entry = `${step} ${isUndone ? 'undone' : 'done'}`;
  await trx('ledger').insert({ order_id: orderId, entry, total });
  const amount = { payment: total, stock: 1, invoice: 0, approval: 0, shipping: 0 }[step];
  if (amount === 0) return;
  await trx('balances')
    .where({ name: Math.floor(drawOf(orderId) * balances) })
    .update({ amount: trx.raw('amount + ?', [isUndone ? amount : -amount]) });
}

/** Lets a service do a step. The seed decides which requests it refuses, and which work fails at first. */
export function addWork({ bus, database, seed, name, events }: WorkOptions): void {
  addParticipant(bus, {
    request: events.request,
    async answer({ subject: orderId, data: { requestId, total } }, trx) {
      await failFirst(database, `${name} of ${requestId}`, failedAttempts(seed, name, orderId));
      const answer = { orderId, requestId };
      const key = `${name} of ${orderId}`;
      if (isRefused(seed, name, requestId)) return { refused: events.refused.of(key, answer) };
      await record(trx, name, { orderId, total, isUndone: false });
      return { done: events.done.of(key, answer) };
    },
    compensation: {
      request: events.cancel,
      async undo({ subject: orderId, data: { total } }, trx) {
        const failures = failedCompensations(seed, name, orderId);
        await failFirst(database, `the undoing of ${name} of ${orderId}`, failures);
        await record(trx, name, { orderId, total, isUndone: true });
      },
      confirm: ({ subject: orderId, data: { requestId } }) =>
        events.undone.of(`${name} of ${orderId}`, { orderId, requestId }),
    },
  });
}
