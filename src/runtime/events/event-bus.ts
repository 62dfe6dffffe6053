import {
  type ConsumersOptions,
  createConsumers,
  type GroupStatus,
  type On,
  type OnBatch,
  type OnTombstone,
} from './consumer/groups.ts';
import type { Subscribe } from './subscriptions/subscription.ts';
import { Registry } from 'prom-client';
import type { Part } from '../lifecycle/part.ts';
import { askOf, isThere, outboxTable } from '../database/required-schema.ts';
import { createKafkaDriver } from './kafka/create-driver.ts';
import { checkTopicLengths } from './kafka/topic-prefix.ts';
import { createOutbox, type Publish } from './outbox/publish.ts';
import { createParkedMetrics } from './parking/metrics.ts';
import { createRelay, type RelayStatus } from './relay/relay.ts';
import { createTopicProvision } from './kafka/topic-provision.ts';

export interface EventBusStatus {
  kafka: 'up' | 'down' | 'unused';
  relay?: RelayStatus;
  consumers: GroupStatus[];
  /** Why Kafka counts as down. */
  error?: string;
}

/** Publishes what the service says, and handles what it hears. A part: it starts and stops with the service. */
export interface EventBus extends Part {
  publish: Publish;
  /**
   * Hands every event of `definition`, which must be among the consumed contracts, to `handler`, with the transaction that
   * remembers it. Events of one aggregate come in order. With `{ delivery: 'at-least-once' }` the handler gets no transaction but
   * an idempotency key: it is for effects outside of the database, and may be called again for the same event.
   * The handler is one of the default subscription, whose group is KAFKA_GROUP_ID. Throws after the start, and for a second
   * handler of one event there.
   */
  on: On;
  /**
   * As `on`, for a handler of several events: it gets runs of consecutive events of `definition` in one partition, at most a
   * batch of the consumer each, with the transaction that remembers them. Where it rejects for several events, it gets each of
   * them alone.
   */
  onBatch: OnBatch;
  /**
   * Hands every record of a topic that has a key and no value to `handler`, with the transaction that remembers it, in the order
   * of its key. Such a tombstone says, in a compacted topic, that nothing is left under its key; where no handler asks for them
   * they are passed over and counted. The service's own group unless `groupId` names one. Throws after the start, and for a second
   * handler of one topic.
   */
  onTombstone: OnTombstone;
  /**
   * `{ name, from, on, onBatch, delivery }` adds a named subscription: handlers of events, as of `on` and `onBatch`, with their own
   * consumer group, `<KAFKA_GROUP_ID>.<name>`. Subscriptions receive the same event independently: each one has its own position,
   * inbox and parked keys, and they have no common order. `from` sets where the first start begins: `earliest` at the earliest event
   * that Kafka has, `latest` after the latest event, `{ group }` at the position of that group, with its inbox and parked keys.
   * The handlers move from that group; `{ group, shared: true }` if the group keeps its handlers.
   * `{ topics, groupId, handler }` passes every event of the topics to `handler`, without validation.
   * Throws after the start, and if the subscription is invalid. Nothing is added then.
   */
  subscribe: Subscribe;
  /**
   * Rejects if a table of the bus is missing, or if two subscriptions contradict each other. Does not wait for Kafka, which is joined in the background, since HTTP
   * serves without it; `status` says how far that is.
   */
  start(): Promise<void>;
  /** Finishes what is being handled, leaves the groups, sends what was committed. Resolves within seconds, Kafka or not. */
  stop(): Promise<void>;
  status(): EventBusStatus;
  /** False when this process cannot heal itself although the broker answers, so that only a new one helps. */
  healthy(): boolean;
  /** The metrics of the bus; their names start with `microservice_`. */
  registry: Registry;
}

export interface EventBusOptions extends Omit<ConsumersOptions, 'registry' | 'driver'> {
  /** Where the metrics go; a registry of its own when left out. */
  registry?: Registry;
}

/** The event bus of a service. Nothing is connected before `start`. */
export function createEventBus(options: EventBusOptions): EventBus {
  const { config, database, contracts, logger, registry = new Registry() } = options;
  const named = [...contracts.published, ...contracts.consumed].map(({ topic }) => topic);
  checkTopicLengths(named, config.kafka.topicPrefix);
  const driver = createKafkaDriver(config.kafka, { clientId: config.serviceName, logger });
  // with a pooler in between, the address for sessions is another one
  const session = config.databaseUrl === config.databaseDirectUrl;
  const { maxEventBytes } = config.kafka;
  const outbox = createOutbox({
    ...{ database, contracts, serviceName: config.serviceName, session },
    ...(maxEventBytes !== undefined && { maxEventBytes }),
  });
  const relay = createRelay({ config, database, driver, logger, registry });
  const consumers = createConsumers({ ...options, registry, driver });
  createParkedMetrics(database, registry, consumers.groups);
  // apart: a published topic that cannot be created keeps nobody from consuming
  const published = createTopicProvision(driver, logger);
  const consumed = createTopicProvision(driver, logger);
  let relaying = false;
  outbox.onCommit((lanes) => relay.wake(lanes));

  const publishedTopics = contracts.published.map(({ topic }) => topic);

  function status(): EventBusStatus {
    const relayStatus = relaying ? relay.status() : undefined;
    const groups = consumers.status();
    const missing = consumed.error() ?? published.error();
    const error = missing ?? relayStatus?.problem ?? groups.find((group) => group.error)?.error;
    const used = publishedTopics.length + consumers.topics().length > 0;
    const ready = published.done() && consumed.done() && groups.every(({ state }) => state === 'running');
    const kafka = !used ? 'unused' : ready && !error ? 'up' : 'down';
    return { kafka, ...(error && { error }), ...(relayStatus && { relay: relayStatus }), consumers: groups };
  }

  return {
    name: 'event bus',
    registry,
    publish: outbox.publish,
    on: consumers.on,
    onTombstone: (topic, handler, ofGroup) => consumers.onTombstone(topic, handler, ofGroup),
    onBatch: consumers.onBatch,
    subscribe: consumers.subscribe,
    async start() {
      // the low-level publish needs no contract, so that the table is what tells
      relaying = contracts.published.length > 0 || (await isThere(askOf(database), outboxTable));
      await consumers.prepare();
      if (relaying) await relay.start();
      published.start(publishedTopics);
      consumed.start(consumers.topics(), () => consumers.start());
    },
    async stop() {
      await Promise.all([published.stop(), consumed.stop(), consumers.stop()]);
      if (relaying) await relay.stop();
      await driver.close();
    },
    status,
    healthy: () => consumers.healthy(),
  };
}
