import type { Entry, OrderHistory } from './order-history.ts';
import { stepNames } from './services/order-events.ts';

export interface OrderVerdict {
  sagas: number;
  confirmed: number;
  cancelled: number;
  /** Orders that were answered with 201 and are not there, or whose saga never started. */
  lost: number;
  /** Orders that have not ended. */
  open: number;
  /** Effects that happened again: a step, its undoing, or an end. */
  doubled: number;
  /** Orders whose steps do not match their end: all of them done, or none. */
  torn: number;
  /** The surplus or deficit of money, against the confirmed orders. */
  moneyDifference: number;
  stockDifference: number;
}

/** Compares the effects in all services with the ends of the orders. */
export function judgeOrders(history: OrderHistory): OrderVerdict {
  const { acknowledged, placed, sagas, entries, money, stock } = history;
  const known = new Set(placed.map(({ id }) => id));
  const started = new Set(sagas.map(({ id }) => id));
  const ofOrder = new Map(placed.map(({ id }) => [id, [] as string[]]));
  for (const { orderId, entry } of entries) ofOrder.get(orderId)?.push(entry);
  const confirmed = placed.filter(({ status }) => status === 'CONFIRMED');
  const ended = placed.filter(({ status }) => status !== 'PENDING');
  return {
    sagas: sagas.length,
    confirmed: confirmed.length,
    cancelled: ended.length - confirmed.length,
    lost:
      acknowledged.filter((id) => !known.has(id)).length + placed.filter(({ id }) => !started.has(id)).length,
    open: placed.length - ended.length,
    doubled: countDoubled(entries),
    torn: ended.filter(({ id, status }) => !isWhole(ofOrder.get(id) ?? [], status)).length,
    moneyDifference: money + confirmed.reduce((sum, { total }) => sum + total, 0),
    stockDifference: stock + confirmed.length,
  };
}

/** Describes the faults; empty if there are none. */
export function orderFaultsOf({ lost, doubled, torn, ...verdict }: OrderVerdict, isOver: boolean): string[] {
  const { open, moneyDifference, stockDifference } = verdict;
  return Object.entries({ lost, doubled, torn, ...(isOver && { open, moneyDifference, stockDifference }) })
    .filter(([, count]) => count !== 0)
    .map(([what, count]) => `${what}: ${count}`);
}

function countDoubled(entries: readonly Entry[]): number {
  const ends = new Set(['CONFIRMED', 'CANCELLED']);
  const effects = entries.map(({ orderId, entry }) => `${orderId} ${ends.has(entry) ? 'ended' : entry}`);
  return effects.length - new Set(effects).size;
}

function isWhole(entries: readonly string[], status: string): boolean {
  return stepNames.every((step) => {
    const effect = Number(entries.includes(`${step} done`)) - Number(entries.includes(`${step} undone`));
    return effect === (status === 'CONFIRMED' ? 1 : 0);
  });
}
