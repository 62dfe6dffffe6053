import { setTimeout as sleep } from 'node:timers/promises';
import { coalesce } from '../../async/coalesce.ts';
import type { RelayConnection } from './connection.ts';

/** One NOTIFY costs every writer of the database a little, so lanes are collected for this long, in ms. */
const INTERVAL = 5;

/**
 * Returns a function that notifies other relays of lanes with rows, immediately or within milliseconds; without a connection,
 * at the next call that finds one.
 */
export function createLaneNotifier(
  connection: () => Pick<RelayConnection, 'session' | 'channel'> | undefined,
): (lanes: Iterable<number>) => void {
  const untold = new Set<number>();
  let toldAt = -Infinity;

  // one at a time: on a slow session more of them would delay reads, deletes and leases
  const tell = coalesce(async () => {
    const wait = toldAt + INTERVAL - performance.now();
    if (wait > 0) await sleep(wait);
    const current = connection();
    if (untold.size === 0 || !current) return;
    const message = [...untold].join(',');
    untold.clear();
    const { session, channel } = current;
    await session.query('select pg_notify($1, $2)', [channel, message]);
    toldAt = performance.now();
  });

  return (lanes) => {
    for (const lane of lanes) untold.add(lane);
    if (untold.size > 0) tell().catch(() => undefined); // the session reports its own loss
  };
}
