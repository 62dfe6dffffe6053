/** The settings of a consumer group; all times are in milliseconds. */
export interface ConsumerSettings {
  /** The most events in one transaction, except while batches grow. */
  batchSize: number;
  /** The most events in one transaction while the partition is far behind and its events have batch handlers. */
  largestBatch: number;
  /** A batch that takes longer commits the events handled so far. Batches grow while each takes less than a tenth of this time. */
  batchTimeout: number;
  /** A handler that takes longer has failed. */
  handlerTimeout: number;
  /** The delays before retries of a failing event while its partition waits; after the last one it is parked. */
  inPlaceDelays: readonly number[];
  /**
   * Retry budget: the most time per 5 s window that a partition may block on in-place retries. When it is spent, failing
   * events are parked immediately.
   */
  inPlaceTime: number;
  /** The delay between attempts of a parked event, doubled from `first` up to `max`. */
  parkDelay: { first: number; max: number };
  /** After this many attempts, including those in place, an event is a dead letter. */
  parkedTries: number;
  /** How often each group looks for due parked events; a redrive is noticed within this time. */
  parkedPoll: number;
  /** The most parked keys of a group, including dead letters; at the limit, the partition waits instead. */
  parkedKeys: number;
  /** The delay between attempts of a partition that has to wait, doubled from `first` up to `max`. */
  retryDelay: { first: number; max: number };
  /** The delay while PostgreSQL, Kafka, or a handler's dependency does not answer. */
  outageDelay: { first: number; max: number };
  /** Fetching of a partition pauses at this many queued events, and resumes at `queueLow`. */
  queueHigh: number;
  queueLow: number;
  /** The same limit in bytes; fetching resumes at half of it. */
  queueBytes: number;
  /** The number of partitions, of all groups, that are handled concurrently, each with its own database connection. */
  concurrency: number;
  /** The silence after which the group reassigns a member's partitions. */
  sessionTimeout: number;
  /** The silence of Kafka after which the member is replaced. */
  silenceTimeout: number;
  /** How often the group's offsets are committed to Kafka. */
  commitInterval: number;
  /**
   * The least time that the inbox keeps an event: longer than any relay may take to send it again, and longer than Kafka
   * keeps it.
   */
  inboxRetention: number;
  /** How long a stop waits for a handler. */
  stopTimeout: number;
  /** PostgreSQL is reached without a pooler, so a connection may cache the plan of a statement. */
  session: boolean;
}

const DAY = 24 * 60 * 60 * 1_000;

/** The defaults: half of the database connections, and half of the shutdown time, are left for everything else. */
export function defaultSettings(config: {
  databasePoolMax: number;
  shutdownTimeout: number;
  databaseUrl: string;
  databaseDirectUrl: string;
}): ConsumerSettings {
  const { databasePoolMax, shutdownTimeout, databaseUrl, databaseDirectUrl } = config;
  return {
    batchSize: 200,
    largestBatch: 1_000,
    batchTimeout: 1_000,
    handlerTimeout: 30_000,
    inPlaceDelays: [50, 200],
    inPlaceTime: 500,
    parkDelay: { first: 1_000, max: 5 * 60_000 },
    parkedTries: 12,
    parkedPoll: 1_000,
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
