import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { backoff } from '../../async/backoff.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import type { Damage } from '../kafka/records/record-set.ts';

/** A partition that is stopped because its next batch cannot be read. */
export interface Stoppage {
  /** Stops the partition, or reports that the batch still cannot be read. */
  stop(damage: Damage): void;
  /** The batch could be read after all. */
  end(): void;
  /** Undefined while the partition is not stopped. */
  damage(): Damage | undefined;
}

export interface StoppageOptions {
  topic: string;
  partition: number;
  settings: Pick<ConsumerSettings, 'retryDelay'>;
  logger: Logger;
  closing: AbortSignal;
  /** Follows the position if an operator has moved it. */
  look(): Promise<void>;
  /** Fetches the batch again: another replica may have it intact. */
  fetchAgain(): void;
}

const LOOKS_BEFORE_FETCH = 12;

/** Logs once that a partition has stopped; then checks for a position that an operator sets. */
export function createStoppage(options: StoppageOptions): Stoppage {
  const { topic, partition, settings, logger, closing } = options;
  let damage: Damage | undefined;

  async function wait(of: Damage): Promise<void> {
    const isOver = (): boolean => damage !== of || closing.aborted;
    for (let looks = 1; !isOver(); looks += 1) {
      await sleep(backoff(looks, settings.retryDelay), undefined, { signal: closing }).catch(() => {});
      if (isOver()) return;
      // PostgreSQL may be down, which others report
      await options.look().catch((error: unknown) => logger.debug({ err: error }, 'the position is unknown'));
      if (looks % LOOKS_BEFORE_FETCH === 0 && !isOver()) options.fetchAgain();
    }
  }

  return {
    stop(found) {
      if (damage?.offset === found.offset) return;
      damage = found;
      logger.error(
        found,
        `${topic}/${partition} stops at ${found.offset}: the batch up to ${found.last} ${found.reason}. ` +
          `Other partitions continue. Skip the events of the batch with npx microservice-runtime ` +
          `inbox skip ${topic} ${partition} ${found.offset} --through ${found.last} --reason ...`,
      );
      void wait(found);
    },
    end: () => (damage = undefined),
    damage: () => damage,
  };
}
