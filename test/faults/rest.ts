import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { partitions, type World } from './world.ts';

const recoveryTimeout = 180_000;

/** Resolves when the flow has recovered from all faults so far, and records that it had to. */
export async function recovered(world: World): Promise<void> {
  world.calms.push(Date.now());
  await flows(world);
}

/** Resolves when every partition has passed an event that was sent after now. */
export async function flows(world: World): Promise<void> {
  const calm = Date.now();
  await Promise.all(
    world.banks.map(({ name, database }) =>
      waitFor(async () => (await freshPartitions(database, calm)) >= partitions, {
        timeout: recoveryTimeout,
        message: `${name} gets fresh events of every partition`,
      }),
    ),
  );
}

async function freshPartitions(database: Knex, since: number): Promise<number> {
  const row = await database('ledger')
    .where('sent_at', '>=', since)
    .countDistinct({ partitions: 'partition' })
    .first();
  return Number(row?.partitions);
}

/** Resolves when the flow is as fast as without faults. */
export async function flowsQuickly(world: World): Promise<void> {
  for (let took = Infinity; took > quick;) {
    const begun = Date.now();
    await flows(world);
    took = Date.now() - begun;
  }
}

/** Milliseconds until every partition has passed a new event; each gets several per second. */
const quick = 1_500;

/** The events that were committed so far. */
export const countSent = (world: World): Promise<number> => countAll(world, 'sent');

export async function countAll({ banks }: World, table: string): Promise<number> {
  const counts = await Promise.all(
    banks.map(async ({ database }) => {
      const row = await database(table).count({ rows: '*' }).first();
      return Number(row?.rows);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Ends the load, and resolves when nothing is in transit any more; also when nothing has moved for `patience` ms, since
 * missing events will then not arrive.
 */
export async function comeToRest(world: World): Promise<void> {
  world.setRate(0);
  let seen = '';
  let since = Date.now();
  while (Date.now() - since < patience) {
    const [sent, handled, waiting] = await Promise.all([
      countAll(world, 'sent'),
      countAll(world, 'ledger'),
      countAll(world, 'event_outbox'),
    ]);
    const now = `${sent} ${handled} ${waiting}`;
    if (now !== seen) since = Date.now();
    seen = now;
    const isDone = handled >= sent && waiting === 0;
    if (isDone && Date.now() - since > settled) return;
    await pause(look);
  }
}

const patience = 60_000;
const look = 250;
/** Duplicates would arrive about now. */
const settled = 2_000;
