import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Semaphore } from '../../async/semaphore.ts';
import type { GroupHandlers } from '../handling/handlers.ts';
import type { ConsumerMetrics } from '../handling/metrics.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import type { Witness } from '../inbox/witness.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import type { Takeover } from '../subscriptions/takeover.ts';
import type { BatchOptions } from './batch.ts';
import type { Mismatch } from './start-positions.ts';

export interface ConsumerOptions {
  groupId: string;
  driver: KafkaDriver;
  database: Knex;
  handlers: GroupHandlers;
  settings: ConsumerSettings;
  logger: Logger;
  metrics: ConsumerMetrics;
  /** Shared by all groups of the process. */
  slots: Semaphore;
  /** A key was parked. */
  parked(): void;
  /** Set for a group that takes over from another one. */
  takeover?: Takeover | undefined;
  /** Resolves when the group may be joined: its starting position is recorded. */
  begin: () => Promise<void>;
}

export interface PartitionOptions extends BatchOptions {
  settings: ConsumerSettings;
  logger: Logger;
  metrics: ConsumerMetrics;
  slots: Semaphore;
  pause(): void;
  resume(): void;
  /** Fetches from the offset. */
  fetchFrom(offset: number): void;
  /** A key was parked. */
  parked(): void;
  /** A record before the position that must be unchanged in the log, unless it was deleted. */
  witness?: Witness | undefined;
  /**
   * Called when the position or the log has changed: this partition has closed and must be reopened. `mismatch` is given if the
   * log is a different one.
   */
  stale(reason: string, mismatch?: Mismatch): void;
}
