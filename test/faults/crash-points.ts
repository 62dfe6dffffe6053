import { setTimeout as pause } from 'node:timers/promises';
import { failpoints, type Failpoint } from '../../src/runtime/async/failpoint.ts';
import { createRandom, type Random } from './random.ts';
import type { Replica } from './replica.ts';
import { oversized, poisonous, requestTransfer } from './requests.ts';
import { otherBank, type Bank, type World } from './world.ts';

/** Points that every transfer passes; a process dies at one of the first hits. */
export const latestHit = 15;
/** Points that are passed rarely: once per second, or when an event is parked. */
export const rare: readonly Failpoint[] = [
  'relay.parked',
  'consumer.offset',
  'consumer.parked',
  'parked.handled',
  'parked.committed',
];
const feedInterval = 500;

/**
 * Replicas of both banks die at every failpoint, `times` times, one of a bank at a time. Resolves to how often each point was
 * hit; rejects when a process ended otherwise.
 */
export async function dieEverywhere(
  world: World,
  times: number,
  seed: number,
): Promise<Map<Failpoint, number>> {
  const random = createRandom(seed);
  const queue = random.shuffle(failpoints.flatMap((point) => Array.from({ length: times }, () => point)));
  const hits = new Map<Failpoint, number>();
  await Promise.all(
    world.banks.map(async (bank) => {
      for (let point = queue.shift(); point; point = queue.shift()) {
        await dieAt(world, bank, point, random);
        hits.set(point, (hits.get(point) ?? 0) + 1);
      }
    }),
  );
  return hits;
}

async function dieAt(world: World, bank: Bank, point: Failpoint, random: Random): Promise<void> {
  const replica = random.pick(bank.replicas);
  const nth = rare.includes(point) ? 1 : random.between(1, latestHit + 1);
  const over = new AbortController();
  const feeding = feed(world, bank, point, over.signal);
  try {
    checkHit(replica, point, await replica.dieAt(`${point}:${nth}`));
  } finally {
    over.abort();
    await feeding;
  }
}

/** Throws if the process did not die at the failpoint. */
export function checkHit(
  replica: Replica,
  point: Failpoint,
  { signal, code, errors }: Awaited<ReturnType<Replica['dieAt']>>,
): void {
  if (signal === 'SIGKILL' && errors.includes(`failpoint ${point} hit`)) return;
  throw new Error(
    `${replica.name} should have died at ${point}: ended with ${code ?? signal}, and said\n${errors}`,
  );
}

/** Causes parked events: outgoing events that Kafka refuses, and incoming poison events. */
async function feed(world: World, bank: Bank, point: Failpoint, signal: AbortSignal): Promise<void> {
  const isRefused = point === 'relay.parked';
  if (!isRefused && !point.includes('parked')) return;
  const sender = isRefused ? bank : otherBank(world, bank);
  for (let index = 0; !signal.aborted; index++) {
    const account = world.specialAccount(sender);
    await requestTransfer(sender, isRefused ? oversized(account) : poisonous(account, 4)).catch(
      () => undefined,
    );
    await pause(feedInterval, undefined, { signal }).catch(() => undefined);
  }
}
