import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from './support/measurement.ts';
import { withParked, type Parked } from './support/parked.ts';

export const sentence = 'a service with 1,000 parked keys, and no new events';

const keys = 1_000;
const seconds = 10;
/** Measures after the first delay, since the first tries of all keys coincide. */
const settled = 8;

interface Use {
  service: number;
  transactions: number;
  calls: number;
}

async function useOf({ database, service }: Parked): Promise<Use> {
  const { rows } = await database.raw<{ rows: [{ commits: string }] }>(
    'select xact_commit + xact_rollback as commits from pg_stat_database where datname = current_database()',
  );
  return {
    service: await service.ask('cpu'),
    transactions: Number(rows[0].commits),
    calls: await service.ask('calls'),
  };
}

async function idle(
  checkout: string,
  handler: 'fail' | 'unreachable',
  key: { attempts: number; dueIn: number },
): Promise<Use> {
  return withParked(checkout, async (parked) => {
    await parked.park({ keys, events: 1, bytes: 200, ...key });
    await parked.service.ask('start', handler);
    await sleep(settled * 1_000);
    const before = await useOf(parked);
    await sleep(seconds * 1_000);
    const after = await useOf(parked);
    return {
      service: (after.service - before.service) / seconds,
      transactions: (after.transactions - before.transactions) / seconds,
      calls: (after.calls - before.calls) / seconds,
    };
  });
}

export async function measure(checkout: string): Promise<Figures> {
  const none = await idle(checkout, 'fail', { attempts: 11, dueIn: 3_600 });
  const outage = await idle(checkout, 'unreachable', { attempts: 1, dueIn: 0 });
  return {
    'none due, CPU ms a second': none.service,
    'none due, transactions/s': none.transactions,
    'handler reports an outage, CPU ms a second': outage.service,
    'handler reports an outage, transactions/s': outage.transactions,
    'handler reports an outage, tries/s': outage.calls,
  };
}
