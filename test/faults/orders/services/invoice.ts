import { isRefused } from './behavior.ts';
import { orderCreated } from './order-events.ts';
import { record, type WorkOptions } from './work.ts';

/** The reaction to a new order, which nobody requests. Its order is on the same key, so its cancel cannot come first. */
export function addInvoice({ bus, seed, name, events }: WorkOptions): void {
  const key = (orderId: string): string => `${name} of ${orderId}`;
  bus.on(orderCreated, async ({ subject: orderId, data: { total } }, trx) => {
    const requestId = `place-order/${orderId}/${name}/1`;
    const isPossible = !isRefused(seed, name, requestId);
    if (isPossible) await record(trx, name, { orderId, total, isUndone: false });
    await bus.publish(
      (isPossible ? events.done : events.refused).of(key(orderId), { orderId, requestId }),
      trx,
    );
  });
  bus.on(events.cancel, async ({ subject: orderId, data: { requestId, total } }, trx) => {
    const entries = await trx('ledger')
      .where({ order_id: orderId })
      .whereIn('entry', [`${name} done`, `${name} undone`]);
    if (entries.length === 1) await record(trx, name, { orderId, total, isUndone: true });
    await bus.publish(events.undone.of(key(orderId), { orderId, requestId }), trx);
  });
}
