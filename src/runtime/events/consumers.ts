import type { Registry } from 'prom-client';
import { createConsumer, type Consumer, type ConsumerStatus } from './consumer.ts';
import { createGroupHandlers, type EventHandler, type GroupHandlers } from './consumer-handlers.ts';
import { createConsumerMetrics } from './consumer-metrics.ts';
import { defaultSettings } from './consumer-settings.ts';
import type { EventDefinition } from './define-event.ts';
import type { EventBusOptions, Subscription } from './event-bus.ts';
import { createInboxPruner } from './inbox-pruner.ts';
import type { KafkaDriver } from './kafka-driver.ts';
import { createSlots } from './slots.ts';

export interface Consumers {
  on<T>(definition: EventDefinition<T>, handler: EventHandler<T>): void;
  subscribe(subscription: Subscription): void;
  topics(): string[];
  /** Rejects when the tables of the inbox are not there. */
  prepare(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  status(): ConsumerStatus[];
  /** False when a consumer is lost again and again although Kafka answers. */
  healthy(): boolean;
}

export interface ConsumersOptions extends EventBusOptions {
  registry: Registry;
  driver: KafkaDriver;
}

const noInbox =
  'the table event_inbox is not there: add a migration with ' +
  `"export { up, down } from 'microservice-runtime/tables/event-inbox';", and run npx knex migrate:latest`;

/** The consumer groups of a service: its own one, and those that subscriptions name. One member each, for all its topics. */
export function createConsumers(options: ConsumersOptions): Consumers {
  const { config, contracts, database, logger, registry, driver } = options;
  const settings = { ...defaultSettings(config), ...options.consumer };
  const slots = createSlots(settings.concurrency);
  const metricsOf = createConsumerMetrics(registry);
  const handled = new Set<unknown>();
  const groups = new Map<string, GroupHandlers>();
  const topics = (): string[] => [...groups.values()].flatMap((handlers) => handlers.topics());
  const pruner = createInboxPruner({
    ...{ database, driver, logger, topics },
    retention: settings.inboxRetention,
  });
  let consumers: Consumer[] | undefined;

  function handlersOf(groupId: string): GroupHandlers {
    if (consumers) throw new Error('the bus has started; add handlers before its start');
    const handlers = groups.get(groupId) ?? createGroupHandlers();
    groups.set(groupId, handlers);
    return handlers;
  }

  function consumerOf([groupId, handlers]: [string, GroupHandlers]): Consumer {
    return createConsumer({
      groupId,
      driver,
      database,
      handlers,
      settings,
      logger,
      metrics: metricsOf(groupId),
      slots,
    });
  }

  return {
    on(definition, handler) {
      if (!contracts.consumed.some((consumed) => consumed === definition)) {
        throw new Error(
          `${definition.type} version ${definition.version} is not consumed by this service; add its definition to contracts.consumed`,
        );
      }
      handlersOf(config.kafka.groupId).add(definition, handler);
      handled.add(definition);
    },
    subscribe({ topics, groupId = config.kafka.groupId, handler }) {
      handlersOf(groupId).addTopics(topics, handler);
    },
    topics,
    async prepare() {
      for (const definition of contracts.consumed.filter((consumed) => !handled.has(consumed))) {
        const { type, version } = definition;
        logger.warn(`nothing handles ${type} version ${version} of contracts.consumed; call bus.on for it`);
      }
      if (groups.size > 0 && !(await database.schema.hasTable('event_inbox'))) throw new Error(noInbox);
    },
    start() {
      consumers ??= [...groups].map(consumerOf);
      for (const consumer of consumers) consumer.start();
      if (consumers.length > 0) pruner.start();
    },
    async stop() {
      pruner.stop();
      await Promise.all((consumers ?? []).map((consumer) => consumer.stop()));
    },
    status: () => (consumers ?? []).map((consumer) => consumer.status()),
    healthy: () => (consumers ?? []).every((consumer) => consumer.healthy()),
  };
}
