import type { Session } from './session.ts';

/** After this many checks, the lanes are read once from their start, to find rows that were inserted by hand. */
const LOOKS_BEFORE_RESET = 60;

/**
 * The id below which a lane is empty and will stay empty. Reading from it avoids scanning rows deleted since the last vacuum,
 * and vacuum cannot remove rows that an old transaction, such as a backup, may still see.
 */
export interface LowWaterMarks {
  /** Checks which transactions have ended; about once a second. */
  look(): Promise<void>;
  /** Returns the highest id up to which every transaction has ended. */
  settled(): bigint;
  floorOf(lane: number): bigint;
  /** A whole lane was read after `settled` was `settledBefore`; `first` is the lowest id that was found. */
  saw(lane: number, settledBefore: bigint, first: bigint | undefined): void;
}

interface Look {
  lastId: bigint;
  /** A transaction with an id up to `lastId` has a transaction id below this one: publishing takes that first. */
  nextTransaction: bigint;
}

const readLastId = `
  select coalesce(pg_sequence_last_value(pg_get_serial_sequence('event_outbox', 'id')::regclass), 0)::text as id`;

/**
 * Takes a transaction id of its own: the end of a snapshot is the last id that has ended, and later ids may already be in
 * use.
 */
const readNextTransaction = 'select pg_current_xact_id()::text as id';

const readOldestTransaction = 'select pg_snapshot_xmin(pg_current_snapshot())::text as id';

export function createLowWaterMarks(session: Pick<Session, 'query'>): LowWaterMarks {
  const lowWaterMarks = new Map<number, bigint>();
  let looks: Look[] = [];
  let lookCount = 0;
  let settled = 0n;

  async function readId(statement: string): Promise<bigint> {
    const [row] = await session.query<{ id: string }>(statement);
    return BigInt(row?.id ?? 0);
  }

  return {
    async look() {
      // separate statements, in this order: a transaction with an id up to the last one has a transaction id before the next
      // one
      const lastId = await readId(readLastId);
      if (lastId !== (looks.at(-1)?.lastId ?? settled))
        looks.push({ lastId, nextTransaction: await readId(readNextTransaction) });
      const oldest = await readId(readOldestTransaction);
      const ended = looks.filter(({ nextTransaction }) => nextTransaction <= oldest);
      looks = looks.slice(ended.length).slice(-LOOKS_BEFORE_RESET);
      settled = ended.at(-1)?.lastId ?? settled;
      lookCount += 1;
      if (lookCount % LOOKS_BEFORE_RESET === 0) lowWaterMarks.clear();
    },
    settled: () => settled,
    floorOf: (lane) => lowWaterMarks.get(lane) ?? 0n,
    saw(lane, settledBefore, first) {
      const gone = first !== undefined && first <= settledBefore ? first - 1n : settledBefore;
      lowWaterMarks.set(lane, gone);
    },
  };
}
