import type { Knex } from 'knex';
import { EventFailure, EventRunFailure } from './failure.ts';
import type { BatchPart } from './handler.ts';
import type { HandleableEvent } from './handlers.ts';
import { describeMessage, handleEvent, type HandledEvent } from './run-handler.ts';
import type { IncomingMessage } from '../event/message.ts';

/** Handles the events of one transaction in order; consecutive events of one batch handler together. */
export interface EventRuns {
  /** Handles the event, or keeps it for its run; resolves to the events that have now been handled. */
  add(message: IncomingMessage, event: HandleableEvent): Promise<HandledEvent[]>;
  /** Handles the events that were kept. */
  end(): Promise<HandledEvent[]>;
}

interface Kept {
  message: IncomingMessage;
  time: string;
  batch: BatchPart;
}

/**
 * Both functions reject with `EventFailure` if one event failed, with `EventRunFailure` if several events failed together,
 * and with the original error if none of them caused it; see `handleEvent`.
 * @param timeout milliseconds that an event, or a run of events, may take
 */
export function createEventRuns(trx: Knex.Transaction, timeout: number): EventRuns {
  let run: Kept[] = [];
  let others = false;

  async function handle(message: IncomingMessage, work: () => Promise<void>): Promise<number> {
    const seconds = await handleEvent(message, work, { timeout, others });
    others = true;
    return seconds;
  }

  async function end(): Promise<HandledEvent[]> {
    const ended = run;
    run = [];
    const [first] = ended;
    if (!first) return [];
    const events = ended.map(({ batch }) => batch.event);
    try {
      const seconds = await handle(first.message, () => first.batch.handle(events, trx));
      return ended.map(({ time }) => ({ time, seconds: seconds / ended.length }));
    } catch (error) {
      if (ended.length === 1 || !(error instanceof EventFailure)) throw error;
      throw new EventRunFailure(`${ended.length} events from ${describeMessage(first.message)} on`, error);
    }
  }

  return {
    async add(message, event) {
      const { time, batch } = event;
      const before = run[0] && run[0].batch.handle !== batch?.handle ? await end() : [];
      if (batch) {
        run.push({ message, time, batch });
        return before;
      }
      const seconds = await handle(message, () => event.handle(trx));
      return [...before, { time, seconds }];
    },
    end,
  };
}
