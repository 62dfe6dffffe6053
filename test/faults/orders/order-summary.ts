import type { OrderVerdict } from './order-verdict.ts';
import { openSagas } from './order-rest.ts';
import type { Shop } from './shop.ts';

/** The results of a campaign as readable text. */
export async function ordersSummary(
  { orders, payment, courier, faults, jumps }: Shop,
  verdict: OrderVerdict,
  { seed, milliseconds }: { seed: number; milliseconds: number },
): Promise<string> {
  const kinds = new Map<string, number>();
  for (const { kind } of faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const { doubled, reordered, late, missing } = courier.figures;
  const early = await countChanges(orders, 'answered early');
  const timeouts = await countChanges(orders, 'timed out');
  const stuck = await countChanges(orders, 'stuck');
  const failing = await payment
    .database('failures')
    .where('work', 'like', 'the undoing%')
    .where('tries', '>', 10);
  const lines = [
    `sagas              ${verdict.sagas}: ${verdict.confirmed} confirmed, ${verdict.cancelled} cancelled`,
    `faults             ${faults.length}: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    `clock              ${jumps.length} jumps, ${jumps.filter((by) => by < 0).length} of them back`,
    `answers            ${doubled} doubled, ${reordered} reordered, ${early} early, ${late} late, ${missing} missing`,
    `timeouts           ${timeouts}`,
    `compensations      ${failing.length} that failed ten times`,
    `stuck              ${stuck} meanwhile, ${verdict.open} in the end`,
    `lost               ${verdict.lost}`,
    `doubled            ${verdict.doubled}`,
    `torn               ${verdict.torn}`,
    `money              ${verdict.moneyDifference === 0 ? 'none missing' : `differs by ${verdict.moneyDifference}`}`,
    `stock              ${verdict.stockDifference === 0 ? 'none missing' : `differs by ${verdict.stockDifference}`}`,
    `seed               ${seed}`,
    `time               ${(milliseconds / 60_000).toFixed(1)} min`,
  ];
  return lines.map((line) => `      ${line}`).join('\n');
}

async function countChanges({ database }: Shop['orders'], change: string): Promise<number> {
  const { rows } = await database.raw<{ rows: [{ count: number }] }>(
    `select count(*)::int as count from saga_history, jsonb_array_elements(changes) as entry where entry ->> 'change' = ?`,
    [change],
  );
  return rows[0].count;
}

/** The content of the tables that explains a failure, as JSON. */
export async function ordersEvidence(shop: Shop): Promise<string> {
  const ids = (await openSagas(shop)).map(({ id }) => id);
  const { orders, payment, warehouse } = shop;
  const services = await Promise.all(
    [orders, payment, warehouse].map(async ({ name, database }) => ({
      name,
      ledger: await database('ledger').orderBy('place'),
      steps: await database('saga_steps').whereIn('id', ids),
      timers: await database('saga_timeouts').whereIn('id', ids),
      history: await database('saga_history').whereIn('id', ids).orderBy(['id', 'revision']),
      requests: await database('saga_requests'),
      parkedKeys: await database('event_parked_keys'),
      outbox: (await database('event_outbox').count())[0],
      positions: await database('event_positions'),
      clock: (await database.raw('select clock_timestamp() as clock')).rows,
    })),
  );
  return JSON.stringify(
    { open: await openSagas(shop), courier: shop.courier.figures, services },
    undefined,
    1,
  );
}
