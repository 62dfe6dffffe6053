import type { Knex } from 'knex';
import { handleBatch, type OffsetVerdict } from '../../../src/runtime/events/consumer/batch.ts';
import {
  EventFailure,
  ParkingFullError,
  PositionMovedError,
} from '../../../src/runtime/events/handling/failure.ts';
import { createGroupHandlers, type GroupHandlers } from '../../../src/runtime/events/handling/handlers.ts';
import { failureOf } from '../../../src/runtime/events/handling/run-handler.ts';
import { verdictOn } from '../../../src/runtime/events/handling/retry-policy.ts';
import type { IncomingMessage } from '../../../src/runtime/events/event/message.ts';
import { findParkedKeys, type ParkedKeyRow } from '../../../src/runtime/events/operations/parked.ts';
import { dropParked, redriveKey } from '../../../src/runtime/events/operations/change-parked.ts';
import { tryKey } from '../../../src/runtime/events/retry/attempt.ts';
import type { PartitionPosition } from '../../../src/runtime/events/inbox/positions.ts';

/** An event of the log; it fails this number of times before it succeeds. */
export interface Planned {
  key: number;
  failures: number;
  /** It fails at COMMIT, which names no event. */
  late: boolean;
}

export const settings = {
  batchSize: 4,
  batchTimeout: 10_000,
  handlerTimeout: 20_000,
  outageDelay: { first: 0, max: 0 },
  parkDelay: { first: 0, max: 0 },
  parkedTries: 3,
};

/** The messages of a partition and their handler: each event has an effect, which records the earlier effects of its key. */
export function createLog(groupId: string, planned: readonly Planned[]) {
  const failures = planned.map((event) => event.failures);
  const messages = planned.map(({ key }, offset): IncomingMessage => ({
    topic: groupId,
    partition: 0,
    offset: String(offset),
    key: String(key),
    value: '{}',
    headers: { ce_id: String(offset), ce_type: 'x.y', ce_source: groupId },
  }));
  const handlers = createGroupHandlers();
  handlers.addTopics([groupId], async (event, trx) => {
    const offset = Number(event.id);
    if ((failures[offset] ?? 0) > 0) {
      failures[offset] = (failures[offset] ?? 0) - 1;
      if (!planned[offset]?.late) throw new Error(`${event.id} fails`);
      await trx.raw('insert into late values (1), (1)');
    }
    const effect = { run: groupId, key: event.subject, log_offset: offset };
    await trx.raw(
      `insert into effect (run, key, log_offset, before)
       select :run, :key, :log_offset, max(log_offset) from effect where run = :run and key = :key`,
      effect,
    );
  });
  return { messages, handlers };
}

export interface World {
  groupId: string;
  messages: IncomingMessage[];
  handlers: GroupHandlers;
  parkedKeys: number;
  /** Offsets of the events that the operator has dropped. */
  dropped: Set<number>;
}

/** The member that has the partition: does what consumer/partition.ts does, without waiting. */
export function createMember(database: Knex, start: PartitionPosition, world: World) {
  const { groupId, messages, handlers, parkedKeys } = world;
  const of = { groupId, topic: groupId, partition: 0 };
  const options = { database, handlers, of, settings: { ...settings, parkedKeys } };
  const attempts = new Map<number, number>();
  let known = start;
  let verdict: OffsetVerdict | undefined;
  let alone = false;

  function failed(error: unknown, batch: IncomingMessage[]): void {
    const [first] = batch;
    if (error instanceof PositionMovedError && error.found) known = error.found;
    else if (error instanceof EventFailure) {
      const tries = (attempts.get(error.offset) ?? 0) + 1;
      attempts.set(error.offset, tries);
      verdict = { offset: error.offset, ...verdictOn(error, tries, settings) };
    } else if (error instanceof ParkingFullError) verdict = undefined;
    else if (!isLate(error) || !first) throw error;
    else if (batch.length > 1) alone = true;
    else failed(failureOf(first, error), batch);
  }

  return {
    atEnd: () => known.position >= messages.length,
    async step(size: number): Promise<void> {
      const end = alone || !verdict ? known.position + (alone ? 1 : size) : verdict.offset + 1;
      const batch = messages.slice(known.position, end);
      if (batch.length === 0) return;
      try {
        ({ position: known } = await handleBatch(
          () => batch,
          known,
          () => false,
          options,
          verdict,
        ));
        if (verdict && known.position > verdict.offset) verdict = undefined;
        alone = false;
      } catch (error) {
        failed(error, batch);
      }
    },
  };
}

const isLate = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';

/** A replica's runner: does what retry/worker.ts does, without waiting. Resolves to whether it found work. */
export async function runOnce(database: Knex, { groupId, handlers }: World): Promise<boolean> {
  const options = { database, groupId, handlers, settings };
  const lap = await tryKey(options);
  if (lap?.emptied && !lap.finished) await tryKey(options, { key: lap.key, whole: true });
  return lap !== undefined;
}

/** An operator who redrives and drops listed keys. */
export async function operate(database: Knex, what: 'redrive' | 'drop', world: World): Promise<void> {
  for (const key of await seen(database, world)) {
    if (what === 'redrive') await redriveKey(database, key);
    else {
      const gone: number[] = [];
      const drop = { of: key, firstRow: key.firstRow, whole: false };
      const count = await dropParked(database, drop, (events) => {
        gone.push(...events.map(({ position }) => Number(position)));
      });
      if (count) for (const offset of gone) world.dropped.add(offset);
    }
  }
}

async function seen(database: Knex, { groupId }: World): Promise<ParkedKeyRow[]> {
  const found = (['parked', 'dead'] as const).map((state) =>
    findParkedKeys(database, { state, group: groupId, of: 'first' }, 10),
  );
  return (await Promise.all(found)).flatMap(({ keys }) => keys);
}
