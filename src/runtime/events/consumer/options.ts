import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { GroupHandlers } from '../handling/handlers.ts';
import type { ConsumerMetrics } from '../handling/metrics.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import type { Slots } from '../../async/semaphore.ts';

export interface ConsumerOptions {
  groupId: string;
  driver: KafkaDriver;
  database: Knex;
  handlers: GroupHandlers;
  settings: ConsumerSettings;
  logger: Logger;
  metrics: ConsumerMetrics;
  /** Shared by all groups of the process. */
  slots: Slots;
  /** A key was parked. */
  parked(): void;
}
