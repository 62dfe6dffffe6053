import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ParkReason } from '../parking/park.ts';
import type { HandledEvent } from './run-handler.ts';
import { deadLetterCounter } from '../parking/dead-letter-metrics.ts';
import type { TopicPartition } from '../event/message.ts';

/** The metrics of one consumer group. */
export interface ConsumerMetrics {
  handled(topic: string, count: number): void;
  /** Seconds from the publishing of an event to the commit of its handler. */
  delay(topic: string, seconds: number): void;
  /** Seconds that the handler of an event took. */
  handling(topic: string, seconds: number): void;
  duplicates(topic: string, count: number): void;
  /** Tombstones without a handler were skipped. */
  tombstones(topic: string, count: number): void;
  /** Events of types without a handler were skipped. */
  unhandled(topic: string, count: number): void;
  failed(topic: string): void;
  /** An event and its key were parked. */
  parked(topic: string, reason: ParkReason): void;
  /** An event became a dead letter. */
  deadLetter(topic: string, reason: ParkReason): void;
  rebuilt(): void;
  positionReset(topic: string): void;
  /** The group assigned its partitions. */
  rebalanced(): void;
  /** Calls `read` for the lag of a partition whenever metrics are collected, until `forget`. */
  watch(at: TopicPartition, read: () => Lag): void;
  /** The member has lost the partition. */
  forget(at: TopicPartition): void;
}

/** The lag of a partition. */
export interface Lag {
  /** The number of events that are not handled yet. */
  lag: number;
  /** The time at which Kafka received the oldest of them, in milliseconds since the epoch; undefined if unknown. */
  oldest?: number;
  /** Set if the partition is stopped at a batch that cannot be read. */
  stopped?: object;
}

/** Registers the metrics of all groups of a service, and returns the metrics of each. Call it once per registry. */
export function createConsumerMetrics(registry: Registry): (group: string) => ConsumerMetrics {
  const registers = [registry];
  const labelNames = ['group', 'topic'];
  const counter = (name: string, help: string) =>
    new Counter({ name: `microservice_consumer_${name}_total`, help, labelNames, registers });
  const handled = counter('handled', 'Events handled and committed');
  const duplicates = counter('duplicates', 'Duplicate events that were skipped');
  const tombstones = counter('tombstones', 'Tombstones without a handler, which were skipped');
  const unhandled = counter('unhandled', 'Events of types without a handler, which were skipped');
  const failures = counter('failures', 'Failed attempts to handle an event');
  const resets = counter(
    'position_resets',
    'Positions outside of the log, or of another log, that were reset to the beginning of the log',
  );
  const rebuilds = new Counter({
    name: 'microservice_consumer_rebuilds_total',
    help: 'Group members that were lost and replaced',
    labelNames: ['group'],
    registers,
  });
  const rebalances = new Counter({
    name: 'microservice_consumer_rebalances_total',
    help: 'Rebalances of the group that this replica has seen',
    labelNames: ['group'],
    registers,
  });
  const parked = new Counter({
    name: 'microservice_parked_total',
    help: 'Events that were parked after they had failed, including dead letters',
    labelNames: ['group', 'topic', 'reason'],
    registers,
  });
  const deadLetters = deadLetterCounter(registry);
  const handling = new Histogram({
    name: 'microservice_consumer_handle_seconds',
    help: 'Duration of the handler of an event',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    labelNames,
    registers,
  });
  const watched = lagGauges(registry);
  const delay = new Histogram({
    name: 'microservice_consumer_delay_seconds',
    help: 'Time from publishing an event to the commit of its handler',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600],
    labelNames,
    registers,
  });

  return (group) => ({
    handled: (topic, count) => handled.inc({ group, topic }, count),
    delay: (topic, seconds) => delay.observe({ group, topic }, seconds),
    handling: (topic, seconds) => handling.observe({ group, topic }, seconds),
    parked: (topic, reason) => parked.inc({ group, topic, reason }),
    deadLetter: (topic, reason) => deadLetters.inc({ group, topic, reason }),
    duplicates: (topic, count) => duplicates.inc({ group, topic }, count),
    tombstones: (topic, count) => tombstones.inc({ group, topic }, count),
    unhandled: (topic, count) => unhandled.inc({ group, topic }, count),
    failed: (topic) => failures.inc({ group, topic }),
    rebuilt: () => rebuilds.inc({ group }),
    positionReset: (topic) => resets.inc({ group, topic }),
    rebalanced: () => rebalances.inc({ group }),
    watch: ({ topic, partition }, read) => watched.set({ group, topic, partition }, read),
    forget: ({ topic, partition }) => watched.delete({ group, topic, partition }),
  });
}

interface PartitionLabels {
  group: string;
  topic: string;
  partition: number;
}

/** Gauges that are computed when metrics are collected, so an age is current and a lost partition disappears. */
function lagGauges(registry: Registry) {
  const watched = new Map<string, { labels: PartitionLabels; read: () => Lag }>();
  const gauge = (name: string, help: string, valueOf: (lag: Lag) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['group', 'topic', 'partition'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, read } of watched.values()) this.set({ ...labels }, valueOf(read()));
      },
    });
  gauge(
    'microservice_consumer_lag',
    'Events in the partitions of this replica that are not handled yet',
    ({ lag }) => lag,
  );
  gauge(
    'microservice_consumer_lag_seconds',
    'Time since Kafka received the oldest event that is not handled yet',
    ({ oldest }) => (oldest === undefined ? 0 : Math.max(0, Date.now() - oldest) / 1_000),
  );
  gauge(
    'microservice_consumer_stopped',
    '1 if a partition of this replica stops at a batch that cannot be read',
    ({ stopped }) => (stopped ? 1 : 0),
  );
  const keyOf = ({ group, topic, partition }: PartitionLabels): string =>
    JSON.stringify([group, topic, partition]);
  return {
    set: (labels: PartitionLabels, read: () => Lag): unknown => watched.set(keyOf(labels), { labels, read }),
    delete: (labels: PartitionLabels): unknown => watched.delete(keyOf(labels)),
  };
}

/** Counts and times events that are handled and committed. */
export function reportHandled(
  handled: readonly HandledEvent[],
  topic: string,
  metrics: Pick<ConsumerMetrics, 'handled' | 'delay' | 'handling'>,
): void {
  const now = Date.now();
  metrics.handled(topic, handled.length);
  for (const { time, seconds } of handled) {
    metrics.handling(topic, seconds);
    const published = Date.parse(time);
    if (published > 0) metrics.delay(topic, Math.max(0, now - published) / 1_000);
  }
}

/** Counts the results of a partition's batch. */
export function reportBatch(
  { handled, duplicates, tombstones, unhandled }: CountedBatch,
  topic: string,
  metrics: ConsumerMetrics,
): void {
  metrics.duplicates(topic, duplicates);
  metrics.tombstones(topic, tombstones);
  metrics.unhandled(topic, unhandled);
  reportHandled(handled, topic, metrics);
}

interface CountedBatch {
  handled: readonly HandledEvent[];
  duplicates: number;
  tombstones: number;
  unhandled: number;
}
