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
  let timer: NodeJS.Timeout | undefined;

  async function tell(): Promise<void> {
    const current = connection();
    if (untold.size === 0 || timer || !current) return;
    const wait = toldAt + INTERVAL - performance.now();
    if (wait > 0) return void (timer = setTimeout(tellLater, wait));
    const message = [...untold].join(',');
    untold.clear();
    toldAt = performance.now();
    const { session, channel } = current;
    await session.query('select pg_notify($1, $2)', [channel, message]);
  }

  function tellLater(): void {
    timer = undefined;
    tell().catch(() => undefined);
  }

  return (lanes) => {
    for (const lane of lanes) untold.add(lane);
    tell().catch(() => undefined); // the session reports its own loss
  };
}
