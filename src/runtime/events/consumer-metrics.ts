import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { TopicPartition } from './kafka-member.ts';

/** What one consumer group reports. */
export interface ConsumerMetrics {
  handled(topic: string, count: number): void;
  /** Seconds from the publishing of an event to the commit of its handler. */
  delay(topic: string, seconds: number): void;
  duplicates(topic: string, count: number): void;
  failed(topic: string): void;
  rebuilt(): void;
  positionReset(topic: string): void;
  /** The group handed out its partitions. */
  rebalanced(): void;
  /** Asks `read` how far behind a partition is, whenever somebody looks at the metrics, until `forget`. */
  watch(at: TopicPartition, read: () => Lag): void;
  /** The partition is not ours any more. */
  forget(at: TopicPartition): void;
}

/** How far behind a partition is. */
export interface Lag {
  /** Events that are not handled yet. */
  lag: number;
  /** When Kafka had the oldest of them, in milliseconds since the epoch; undefined where none is known. */
  oldest?: number;
}

/** Registers the metrics of all groups of a service, and gives each group its own. Once for a registry. */
export function createConsumerMetrics(registry: Registry): (group: string) => ConsumerMetrics {
  const registers = [registry];
  const labelNames = ['group', 'topic'];
  const counter = (name: string, help: string) =>
    new Counter({ name: `microservice_consumer_${name}_total`, help, labelNames, registers });
  const handled = counter('handled', 'Events handled and committed');
  const duplicates = counter('duplicates', 'Events that came again and were passed over');
  const failures = counter('failures', 'Tries to handle an event that failed');
  const resets = counter('position_resets', 'Positions outside of the log that were set to its beginning');
  const rebuilds = new Counter({
    name: 'microservice_consumer_rebuilds_total',
    help: 'Members of a group that were lost and made anew',
    labelNames: ['group'],
    registers,
  });
  const rebalances = new Counter({
    name: 'microservice_consumer_rebalances_total',
    help: 'Times that the group handed out its partitions, as this replica saw it',
    labelNames: ['group'],
    registers,
  });
  const watched = lagGauges(registry);
  const delay = new Histogram({
    name: 'microservice_consumer_delay_seconds',
    help: 'Time from the publishing of an event to the commit of its handler',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600],
    labelNames,
    registers,
  });

  return (group) => ({
    handled: (topic, count) => handled.inc({ group, topic }, count),
    delay: (topic, seconds) => delay.observe({ group, topic }, seconds),
    duplicates: (topic, count) => duplicates.inc({ group, topic }, count),
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

/** Gauges that are read when somebody looks, so that an age is right and what was taken away is gone. */
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
    'Time since Kafka had the oldest event that is not handled yet',
    ({ oldest }) => (oldest === undefined ? 0 : Math.max(0, Date.now() - oldest) / 1_000),
  );
  const keyOf = ({ group, topic, partition }: PartitionLabels): string =>
    JSON.stringify([group, topic, partition]);
  return {
    set: (labels: PartitionLabels, read: () => Lag): unknown => watched.set(keyOf(labels), { labels, read }),
    delete: (labels: PartitionLabels): unknown => watched.delete(keyOf(labels)),
  };
}
