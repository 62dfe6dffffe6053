import type { Knex } from 'knex';
import { EventFailure, EventRunFailure } from './failure.ts';
import type { BatchPart, HandleableEvent } from './handlers.ts';
import { describe, handleEvent, type HandledEvent } from './run-handler.ts';
import type { IncomingMessage } from '../event/message.ts';

/** Handles the events of one transaction in order; consecutive ones for one batch handler together. */
export interface EventRuns {
  /** Handles the event, or keeps it for the run that it belongs to; resolves to those that are handled now. */
  add(message: IncomingMessage, event: HandleableEvent): Promise<HandledEvent[]>;
  /** Handles what is kept. */
  end(): Promise<HandledEvent[]>;
}

interface Kept {
  message: IncomingMessage;
  time: string;
  batch: BatchPart;
}

/**
 * Both functions reject with `EventFailure` where one event could not be handled, with `EventRunFailure` where several could not
 * be handled together, and with the error itself where none of them is to blame; see `handleEvent`.
 * @param timeout milliseconds that an event, or a run of them, may take
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
      throw new EventRunFailure(`${ended.length} events from ${describe(first.message)} on`, error);
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
