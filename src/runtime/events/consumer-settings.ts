/** How a consumer group works; all times are in milliseconds. */
export interface ConsumerSettings {
  /** Events in one transaction at most. */
  batchSize: number;
  /** A batch that takes longer commits what it has. */
  batchTimeout: number;
  /** A handler that takes longer has failed. */
  handlerTimeout: number;
  /** Between the tries of an event that fails, doubled from `first` up to `max`. */
  retryDelay: { first: number; max: number };
  /** While PostgreSQL or Kafka does not answer. */
  outageDelay: { first: number; max: number };
  /** Fetching of a partition pauses when this many of its events wait, and goes on when `queueLow` are left. */
  queueHigh: number;
  queueLow: number;
  /** Partitions of all groups that are handled at the same time, each with a database connection of its own. */
  concurrency: number;
  /** Silence after which the group gives a member's partitions to others. */
  sessionTimeout: number;
  /** Silence of Kafka after which the member is made anew. */
  silenceTimeout: number;
  /** How often Kafka is told how far the group is. */
  commitInterval: number;
  /** How long the inbox remembers an event at least: longer than any relay may take to send one again, and than Kafka keeps it. */
  inboxRetention: number;
  /** How long stopping waits for a handler. */
  stopTimeout: number;
}

const DAY = 24 * 60 * 60 * 1_000;

/** The defaults: half of the database connections, and half of the time to stop, are left to everything else. */
export function defaultSettings({
  databasePoolMax,
  shutdownTimeout,
}: {
  databasePoolMax: number;
  shutdownTimeout: number;
}): ConsumerSettings {
  return {
    batchSize: 200,
    batchTimeout: 1_000,
    handlerTimeout: 30_000,
    retryDelay: { first: 100, max: 30_000 },
    outageDelay: { first: 100, max: 5_000 },
    queueHigh: 1_000,
    queueLow: 500,
    concurrency: Math.max(1, Math.floor(databasePoolMax / 2)),
    sessionTimeout: 10_000,
    silenceTimeout: 60_000,
    commitInterval: 1_000,
    inboxRetention: 7 * DAY,
    stopTimeout: shutdownTimeout / 2,
  };
}
