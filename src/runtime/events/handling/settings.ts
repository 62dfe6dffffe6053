/** How a consumer group works; all times are in milliseconds. */
export interface ConsumerSettings {
  /** Events in one transaction at most. */
  batchSize: number;
  /** A batch that takes longer commits what it has. */
  batchTimeout: number;
  /** A handler that takes longer has failed. */
  handlerTimeout: number;
  /** Before each further try of an event that fails, while its partition waits; then it is parked. */
  inPlaceDelays: readonly number[];
  /** How long a partition may so wait, of every 5 s and however many events fail; beyond that they are parked at once. */
  inPlaceTime: number;
  /** Between the tries of a parked event, doubled from `first` up to `max`. */
  parkDelay: { first: number; max: number };
  /** After so many tries, those in place included, an event is a dead letter. */
  parkedTries: number;
  /** Keys of a group that may be parked, dead letters included; beyond that a partition waits instead. */
  parkedKeys: number;
  /** Between the tries of a partition that has to wait, doubled from `first` up to `max`. */
  retryDelay: { first: number; max: number };
  /** While PostgreSQL, Kafka, or what a handler needs does not answer. */
  outageDelay: { first: number; max: number };
  /** Fetching of a partition pauses when this many of its events wait, and goes on when `queueLow` are left. */
  queueHigh: number;
  queueLow: number;
  /** The same in bytes; it goes on when half of them are left. */
  queueBytes: number;
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
  /** PostgreSQL is reached without a pooler, so that a connection may keep the plan of a statement. */
  session: boolean;
}

const DAY = 24 * 60 * 60 * 1_000;

/** The defaults: half of the database connections, and half of the time to stop, are left to everything else. */
export function defaultSettings(config: {
  databasePoolMax: number;
  shutdownTimeout: number;
  databaseUrl: string;
  databaseDirectUrl: string;
}): ConsumerSettings {
  const { databasePoolMax, shutdownTimeout, databaseUrl, databaseDirectUrl } = config;
  return {
    batchSize: 200,
    batchTimeout: 1_000,
    handlerTimeout: 30_000,
    inPlaceDelays: [50, 200],
    inPlaceTime: 500,
    parkDelay: { first: 1_000, max: 5 * 60_000 },
    parkedTries: 12,
    parkedKeys: 1_000,
    retryDelay: { first: 100, max: 5_000 },
    outageDelay: { first: 100, max: 5_000 },
    queueHigh: 1_000,
    queueLow: 500,
    queueBytes: 8 * 1024 * 1024,
    concurrency: Math.max(1, Math.floor(databasePoolMax / 2)),
    sessionTimeout: 10_000,
    silenceTimeout: 60_000,
    commitInterval: 1_000,
    inboxRetention: 7 * DAY,
    stopTimeout: shutdownTimeout / 2,
    session: databaseUrl === databaseDirectUrl,
  };
}
