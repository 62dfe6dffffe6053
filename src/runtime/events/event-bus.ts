import {
  type ConsumersOptions,
  createConsumers,
  type On,
  type OnBatch,
  type OnTombstone,
} from './consumer/groups.ts';
import type { GroupStatus } from './consumer/running-groups.ts';
import type { Subscribe } from './subscriptions/subscription.ts';
import { Registry } from 'prom-client';
import { sagaConfig } from '../config/saga-config.ts';
import type { Part } from '../lifecycle/part.ts';
import { askOf, isThere, outboxTable } from '../database/required-schema.ts';
import { createKafkaDriver } from './kafka/create-driver.ts';
import { checkTopicLengths } from './kafka/topic-prefix.ts';
import { createOutbox, type Publish } from './outbox/publish.ts';
import { createParkedMetrics } from './parking/metrics.ts';
import { createRelay, type RelayStatus } from './relay/relay.ts';
import { createTopicProvision } from './kafka/topic-provision.ts';
import { decodeEvent } from './event/cloud-events.ts';
import type { OutgoingMessage } from './event/message.ts';
import { createProjections, type AddProjection } from '../projections/running/projections.ts';
import { createSagas, type AddSaga } from '../sagas/running/sagas.ts';

export interface EventBusStatus {
  kafka: 'up' | 'down' | 'unused';
  relay?: RelayStatus;
  consumers: GroupStatus[];
  /** The reason for which Kafka counts as down. */
  error?: string;
}

/**
 * Publishes the events of a service and handles the events that it consumes. A part of `run`: it starts and stops with the
 * service.
 */
export interface EventBus extends Part {
  publish: Publish;
  /**
   * Adds a handler for every event of `definition`, which must be in the consumed contracts. The handler gets the transaction
   * that records the event as handled. Events of one aggregate arrive in order. With `{ delivery: 'at-least-once' }` the
   * handler gets an idempotency key instead of a transaction: it is for effects outside of the database, and may be called
   * again for the same event. The handler belongs to the default subscription, whose group is KAFKA_GROUP_ID. Throws after
   * the start, and for a second handler of the same event.
   */
  on: On;
  /**
   * Like `on`, for a handler of several events: it gets runs of consecutive events of `definition` in one partition, each at
   * most a batch of the consumer, with the transaction that records them as handled. If it rejects for several events, it is
   * called for each of them alone.
   */
  onBatch: OnBatch;
  /**
   * Adds a handler for every record of a topic that has a key but no value, with the transaction that records it as handled,
   * in the order of its key. In a compacted topic, such a tombstone marks its key as deleted. Tombstones without a handler
   * are skipped and counted. `groupId` names another group than the service's own. Throws after the start, and for a second
   * handler of the same topic.
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
   * Runs a saga. `endings` are handlers of its end, in the transaction that ends it. The event that starts it is in the published
   * contracts, if the service itself publishes it, or in the consumed ones, as all replies. Replies arrive through a subscription,
   * the consumer group `<KAFKA_GROUP_ID>.<name of the saga>`. Throws after the start, for an event that is not in the contracts, and
   * if a subscription has this name.
   */
  addSaga: AddSaga;
  /**
   * Runs the versions of a projection, each with a consumer group of its own, `<KAFKA_GROUP_ID>.<name>.v<version>`, and returns its
   * readers, which use the active version. The first version begins with the earliest event that Kafka has; a later one waits for
   * `microservice-runtime projections rebuild`. Throws after the start, for an event that is not in the consumed contracts, and if the
   * versions contradict each other.
   */
  addProjection: AddProjection;
  /**
   * Rejects if a table of the bus is missing, or if two subscriptions contradict each other. Does not wait for Kafka, since HTTP
   * works without it: the bus connects in the background, and `status` shows the progress.
   */
  start(): Promise<void>;
  /**
   * Finishes the running handlers, leaves the groups, and sends committed events. Resolves within seconds, even without
   * Kafka.
   */
  stop(): Promise<void>;
  status(): EventBusStatus;
  /** False if this process cannot recover although the broker answers, so it must be restarted. */
  healthy(): boolean;
  /** The metrics of the bus; their names start with `microservice_`. */
  registry: Registry;
}

export interface EventBusOptions extends Omit<ConsumersOptions, 'registry' | 'driver'> {
  /** The registry for metrics; default: a new one. */
  registry?: Registry;
}

/** Creates the event bus of a service. It connects at `start`. */
export function createEventBus(options: EventBusOptions): EventBus {
  const { config, database, contracts, logger, registry = new Registry() } = options;
  const named = [...contracts.published, ...contracts.consumed].map(({ topic }) => topic);
  checkTopicLengths(named, config.kafka.topicPrefix);
  const driver = createKafkaDriver(config.kafka, { clientId: config.serviceName, logger });
  // with a pooler, the address for sessions is different
  const session = config.databaseUrl === config.databaseDirectUrl;
  const { maxEventBytes } = config.kafka;
  const outbox = createOutbox({
    onPublish: {
      concerns: (definition) => sagas.isStart(definition),
      run: (definition, message, trx) => sagas.start(definition, startingEvent(message), trx),
    },
    ...{ database, contracts, serviceName: config.serviceName, session },
    ...(maxEventBytes !== undefined && { maxEventBytes }),
  });
  const relay = createRelay({ config, database, driver, logger, registry });
  const consumers = createConsumers({ ...options, registry, driver });
  const sagas = createSagas({
    ...{ database, contracts, logger, registry, publish: outbox.publish },
    config: config.sagas ?? sagaConfig(),
    subscribe: (plan) => consumers.subscribePlanned(plan),
  });
  const projections = createProjections({
    ...{ database, driver, logger, registry, groupId: config.kafka.groupId },
    subscribe: (plan) => consumers.subscribePlanned(plan, { waits: true }),
    begin: (groupId) => consumers.begin(groupId),
    end: (groupId) => consumers.end(groupId),
  });
  createParkedMetrics(database, registry, consumers.groups);
  // separate, because a published topic that cannot be created must not prevent consuming
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
    addSaga: sagas.add,
    addProjection: projections.add,
    async start() {
      // the low-level publish needs no contract, so check for the table
      relaying = contracts.published.length > 0 || (await isThere(askOf(database), outboxTable));
      await consumers.prepare();
      await sagas.prepare();
      await projections.prepare();
      if (relaying) await relay.start();
      sagas.startWork();
      published.start(publishedTopics);
      consumed.start(consumers.topics(), () => {
        consumers.start();
        projections.start();
      });
    },
    async stop() {
      await Promise.all([published.stop(), consumed.stop(), sagas.stop(), projections.stop()]);
      await consumers.stop();
      if (relaying) await relay.stop();
      await driver.close();
    },
    status,
    healthy: () => consumers.healthy(),
  };
}

/** A published event as the sagas see it; it has no place in Kafka yet. */
const startingEvent = (message: OutgoingMessage) => decodeEvent({ ...message, partition: -1, offset: '-1' });
