import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { failedCompensations, FOR_GOOD } from './services/behavior.ts';
import type { Shop } from './shop.ts';

const hour = 3_600_000;
const patience = 240_000;
const recoveryTimeout = 240_000;
const look = 1_000;
/** Duplicates would arrive about now. */
const settled = 3_000;

/** A saga that has not ended. */
export interface OpenSaga {
  id: string;
  status: string;
  stuck: boolean;
}

export const openSagas = ({ orders }: Shop): Promise<OpenSaga[]> =>
  orders.database('saga_instances').whereNull('ended_at').select('id', 'status', 'stuck');

/** Resolves when sagas that started after now have ended. */
export async function sagasFlow({ orders }: Shop): Promise<void> {
  const { rows } = await orders.database.raw<{ rows: [{ since: Date }] }>(
    'select clock_timestamp() as since',
  );
  const [{ since }] = rows;
  const ended = () =>
    orders.database('saga_instances').where('started_at', '>', since).whereNotNull('ended_at');
  await waitFor(async () => (await ended()).length >= 5, {
    timeout: recoveryTimeout,
    message: 'new orders end',
  });
}

/** The orders whose stock was reserved, and whose compensation fails until it is cured. */
export async function incurable({ warehouse }: Shop, seed: number): Promise<Set<string>> {
  const reserved: string[] = await warehouse
    .database('ledger')
    .where({ entry: 'stock done' })
    .pluck('order_id');
  return new Set(reserved.filter((id) => failedCompensations(seed, 'stock', id) === FOR_GOOD));
}

/**
 * Lets the clock jump by hours, until all sagas have ended, except those of `findStuck`. Resolves to the open ones; also when the time
 * is over.
 */
export async function comeToRest(
  shop: Shop,
  findStuck: () => Promise<ReadonlySet<string>>,
): Promise<OpenSaga[]> {
  const until = Date.now() + patience;
  let calm = Date.now();
  for (;;) {
    await pause(look);
    const open = await openSagas(shop);
    const mayBeStuck = await findStuck();
    const isAtRest = open.every(({ id, stuck }) => stuck && mayBeStuck.has(id)) && (await isIdle(shop));
    if (!isAtRest) {
      calm = Date.now();
      await shop.jump(hour);
    }
    if (Date.now() - calm > settled || Date.now() > until) return open;
  }
}

/** Whether nothing waits to be sent. */
async function isIdle({ orders, payment, warehouse }: Shop): Promise<boolean> {
  const counts = await Promise.all(
    [orders, payment, warehouse].map(({ database }) => database('event_outbox').first('id')),
  );
  return counts.every((row) => row === undefined);
}
