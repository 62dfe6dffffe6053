import { createHash } from 'node:crypto';
import { stepOf, type Change } from './changes.ts';

/** A row of the projection, in any of its shapes. */
export interface Row {
  id: string;
  changes: number;
  total: number;
  digest: string;
}

/** What a reader saw of an account at one instant. */
export interface Seen extends Pick<Row, 'id' | 'changes'> {
  reader: number;
  version: number;
}

export interface RebuildHistory {
  /** Every committed change, in any order. */
  sent: readonly (Change & { account: string })[];
  /** The rows at the end, by version. */
  versions: ReadonlyMap<number, readonly Row[]>;
  /** In the order in which each reader saw them. */
  seen: readonly Seen[];
}

export interface RebuildVerdict {
  events: number;
  /** Rows that differ from the fold over the changes, or are missing, or should not exist. */
  different: number;
  /** Reads that saw fewer changes of an account than the same reader before. */
  backward: number;
  /** Accounts whose committed changes have gaps. */
  gaps: number;
  reads: number;
  /** The versions that readers saw. */
  versionsRead: number[];
}

/** Compares the rows of each version with a fold over the history, and each read with the reads before it. */
export function judgeRebuild({ sent, versions, seen }: RebuildHistory): RebuildVerdict {
  const expected = foldOf(sent);
  return {
    events: sent.length,
    different: [...versions.values()].reduce((sum, rows) => sum + countDifferent(expected, rows), 0),
    backward: countBackward(seen),
    gaps: countGaps(sent),
    reads: seen.length,
    versionsRead: [...new Set(seen.map(({ version }) => version))].toSorted((one, other) => one - other),
  };
}

/** Describes the faults; empty if there are none. */
export const rebuildFaults = ({ different, backward, gaps }: RebuildVerdict): string[] =>
  Object.entries({ different, backward, gaps })
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name}: ${count}`);

/** Applies all changes in the order of their account, as PostgreSQL does. */
export function foldOf(sent: RebuildHistory['sent']): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const { account, sequence, amount } of sent.toSorted((one, other) => one.sequence - other.sequence)) {
    const { changes, total, digest } = rows.get(account) ?? { changes: 0, total: 0, digest: '' };
    const step = stepOf({ sequence, amount });
    rows.set(account, {
      ...{ id: account, changes: changes + 1, total: total + amount },
      digest: createHash('md5').update(`${digest}${step}`).digest('hex'),
    });
  }
  return rows;
}

function countDifferent(expected: ReadonlyMap<string, Row>, rows: readonly Row[]): number {
  const found = new Map(rows.map((row) => [row.id, row]));
  return [...new Set([...expected.keys(), ...found.keys()])].filter((id) => {
    const [one, other] = [expected.get(id), found.get(id)];
    return one?.changes !== other?.changes || one?.total !== other?.total || one?.digest !== other?.digest;
  }).length;
}

function countBackward(seen: readonly Seen[]): number {
  const highest = new Map<string, number>();
  return seen.filter(({ reader, id, changes }) => {
    const before = highest.get(`${reader} ${id}`) ?? 0;
    highest.set(`${reader} ${id}`, Math.max(before, changes));
    return changes < before;
  }).length;
}

function countGaps(sent: RebuildHistory['sent']): number {
  const counts = new Map<string, number>();
  const last = new Map<string, number>();
  for (const { account, sequence } of sent) {
    counts.set(account, (counts.get(account) ?? 0) + 1);
    last.set(account, Math.max(last.get(account) ?? 0, sequence));
  }
  return [...last].filter(([account, sequence]) => counts.get(account) !== sequence).length;
}
