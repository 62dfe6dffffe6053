import type { Handled, History, Sent } from './history.ts';

export interface Verdict {
  /** Transfers that were committed. */
  events: number;
  /** Committed and not handled. */
  lost: number;
  /** Handled again. */
  doubled: number;
  /** Handled after a later one of the same account, or sent with a gap before it. */
  outOfOrder: number;
  /** Handled and never committed, those that were rolled back on purpose among them. */
  uncommitted: number;
  rolledBack: number;
  /** The surplus or deficit. */
  moneyDifference: number;
  /** From the end of faults until every partition had passed an event that was sent after it; milliseconds. Infinity when it never did. */
  longestRecovery: number;
}

/** Compares the handled events with the expected ones. */
export function judge({ sent, handled, rolledBack, money, calms }: History): Verdict {
  const committed = new Set(sent.map(({ transfer }) => transfer));
  const done = new Set(handled.map(({ transfer }) => transfer));
  return {
    events: sent.length,
    lost: sent.filter(({ transfer }) => !done.has(transfer)).length,
    doubled: handled.length - done.size,
    outOfOrder: countDisorder(firstTimes(handled)) + countGaps(sent),
    uncommitted: [...done].filter((transfer) => !committed.has(transfer)).length,
    rolledBack: rolledBack.length,
    moneyDifference: money.after - money.before,
    longestRecovery: Math.max(0, ...calms.map((calm) => recovery(calm, handled))),
  };
}

/** Describes the faults; empty if there are none. */
export function faultsOf({ lost, doubled, outOfOrder, uncommitted, moneyDifference }: Verdict): string[] {
  return Object.entries({ lost, doubled, outOfOrder, uncommitted, moneyDifference })
    .filter(([, count]) => count !== 0)
    .map(([what, count]) => `${what}: ${count}`);
}

function firstTimes(handled: readonly Handled[]): Handled[] {
  const seen = new Set<string>();
  return handled
    .toSorted((one, other) => one.place - other.place)
    .filter(({ transfer }) => !seen.has(transfer) && seen.add(transfer));
}

function countDisorder(inOrderOfHandling: readonly Handled[]): number {
  const reached = new Map<string, number>();
  return inOrderOfHandling.filter(({ account, sequence }) => {
    const highest = reached.get(account) ?? 0;
    reached.set(account, Math.max(highest, sequence));
    return sequence < highest;
  }).length;
}

/** Sequence numbers are assigned under the lock of the account's row, so a gap is a commit that PostgreSQL has lost. */
function countGaps(sent: readonly Sent[]): number {
  const ofAccount = groupBy(sent, ({ account }) => account);
  const gaps = [...ofAccount.values()].map(
    (own) => Math.max(...own.map(({ sequence }) => sequence)) - own.length,
  );
  return gaps.reduce((sum, gap) => sum + gap, 0);
}

/** Milliseconds from `calm` until each partition has handled an event that was sent after it. */
function recovery(calm: number, handled: readonly Handled[]): number {
  const partitions = groupBy(handled, ({ topic, partition }) => `${topic}/${partition}`);
  const first = [...partitions.values()].map((own) =>
    own.reduce(
      (best, { sentAt, handledAt }) => (sentAt >= calm ? Math.min(best, handledAt) : best),
      Infinity,
    ),
  );
  return Math.max(0, ...first.map((at) => at - calm));
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
