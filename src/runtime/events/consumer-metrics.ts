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
  lag(at: TopicPartition, lag: number): void;
  /** The partition is not ours any more. */
  forget(at: TopicPartition): void;
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
  const lag = new Gauge({
    name: 'microservice_consumer_lag',
    help: 'Events in the partitions of this replica that are not handled yet',
    labelNames: ['group', 'topic', 'partition'],
    registers,
  });
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
    lag: ({ topic, partition }, events) => lag.set({ group, topic, partition }, events),
    forget: ({ topic, partition }) => lag.remove({ group, topic, partition }),
  });
}
