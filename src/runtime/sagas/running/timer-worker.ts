import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { backoff } from '../../async/backoff.ts';
import { failpoint } from '../../async/failpoint.ts';
import { isAway, isConflict } from '../../database/error-kind.ts';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { toError } from '../../errors.ts';
import { SagaVerbError } from '../machine/operator.ts';
import { findDueTimers, nextTimer, postponeTimer, refuseCommand, type Timer } from '../store/timers.ts';
import type { SagaRunner } from './runner.ts';

/** Executes timers of sagas, and commands of operators, when they are due. Every replica has one. */
export interface TimerWorker {
  start(): void;
  /** Resolves when the running transaction has ended. */
  stop(): Promise<void>;
}

export interface TimerWorkerOptions {
  database: Knex;
  logger: Logger;
  runners: ReadonlyMap<string, SagaRunner>;
  /** The longest time between two checks, in ms. */
  poll?: number;
}

/** Another replica can set a timer, and an operator can add a command. */
const POLL = 1_000;
const OUTAGE = { first: 1_000, max: 30_000 };
const TIMERS_AT_ONCE = 100;
/** A due timer that was not taken belongs to another replica, or waits for the lock of its saga. */
const TAKEN = 50;

export function createTimerWorker({
  database,
  logger,
  runners,
  poll = POLL,
}: TimerWorkerOptions): TimerWorker {
  const definitions = [...runners.values()].map(({ definition }) => definition);
  let timeout: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  let failures = 0;

  async function fire(timer: Timer): Promise<void> {
    try {
      await inTransaction(database, async (trx) => {
        rejectRolledBack(trx);
        await runners.get(timer.saga)?.fire(timer, trx);
      });
      failpoint('saga.fired');
    } catch (error) {
      if (isAway(error)) throw error;
      if (isConflict(error)) return; // it is still due
      await report(timer, toError(error));
    }
  }

  async function report(timer: Timer, error: Error): Promise<void> {
    const { saga, id, name } = timer;
    if (error instanceof SagaVerbError) return refuseCommand(database, timer, error);
    logger.error(
      { err: error, saga, id, timer: name },
      `timer ${name} of saga ${saga} ${id} failed; it is retried`,
    );
    await postponeTimer(database, timer, error);
  }

  /** Resolves to the milliseconds until the next check. */
  async function fireDue(): Promise<number> {
    const timers = await findDueTimers(database, definitions, TIMERS_AT_ONCE);
    for (const timer of timers) if (!stopped) await fire(timer);
    if (timers.length === TIMERS_AT_ONCE) return 0;
    const dueIn = await nextTimer(database, definitions);
    return Math.min(poll, Math.max(dueIn ?? poll, TAKEN));
  }

  async function run(): Promise<void> {
    let wait: number;
    try {
      wait = await fireDue();
      failures = 0;
    } catch (error) {
      failures += 1;
      wait = backoff(failures, OUTAGE);
      if (failures === 1) logger.warn({ err: error }, 'cannot read the timers of sagas; trying again');
    }
    plan(wait);
  }

  function plan(wait: number): void {
    if (!stopped) timeout = setTimeout(() => void (running = run()), wait).unref();
  }

  return {
    start: () => plan(0),
    async stop() {
      stopped = true;
      clearTimeout(timeout);
      await running;
    },
  };
}
