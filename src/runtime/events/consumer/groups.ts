import { type ConsumerSettings, defaultSettings } from '../handling/settings.ts';
import type { EventContracts, EventDefinition } from '../event/definition.ts';
import type { Logger } from 'pino';
import type { Knex } from 'knex';
import type { ServiceConfig } from '../../config/service-config.ts';
import { askOf, checkRequiredSchema, inboxSchema } from '../../database/required-schema.ts';
import type { Registry } from 'prom-client';
import { createConsumer } from './group.ts';
import { createRunningGroups, type GroupStatus, type RunningGroup } from './running-groups.ts';
import type {
  BatchHandler,
  DefinedHandler,
  EffectHandler,
  EventHandler,
  TombstoneHandler,
} from '../handling/handler.ts';
import { createGroupHandlers, type GroupHandlers } from '../handling/handlers.ts';
import { createConsumerMetrics } from '../handling/metrics.ts';
import { createInboxPruner } from '../inbox/pruner.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import { createParkedRunner } from '../retry/worker.ts';
import { createSemaphore } from '../../async/semaphore.ts';
import { createStarts } from '../subscriptions/starts.ts';
import {
  planSubscription,
  type AnySubscription,
  type Subscribe,
  type Subscription,
  type SubscriptionPlan,
} from '../subscriptions/subscription.ts';
import { adoptParked } from '../subscriptions/takeover.ts';

/** Adds the handler of a definition, with its delivery; see `EventBus.on`. */
export interface On {
  <T>(
    definition: EventDefinition<T>,
    handler: EventHandler<T>,
    options?: { delivery?: 'exactly-once' },
  ): void;
  <T>(
    definition: EventDefinition<T>,
    handler: EffectHandler<T>,
    options: { delivery: 'at-least-once' },
  ): void;
}

/** Adds the handler of a topic's tombstones; see `EventBus.onTombstone`. */
export type OnTombstone = (topic: string, handler: TombstoneHandler, options?: { groupId?: string }) => void;

/** Adds a handler of several events at once; see `EventBus.onBatch`. */
export type OnBatch = <T>(definition: EventDefinition<T>, handler: BatchHandler<T>) => void;

export interface Consumers {
  on: On;
  onBatch: OnBatch;
  onTombstone: OnTombstone;
  subscribe: Subscribe;
  /** Adds the subscription of a saga or a projection. One that `waits` consumes from `begin` on, instead of from the start. */
  subscribePlanned(plan: Omit<SubscriptionPlan, 'groupId'>, options?: { waits?: boolean }): void;
  /** Starts the consumer of a group; after `start`. Does nothing for a group that consumes. */
  begin(groupId: string): void;
  /** Stops the consumer of one group; resolves when it has stopped. */
  end(groupId: string): Promise<void>;
  topics(): string[];
  groups: () => string[];
  /** Rejects if a subscription contradicts another one, or if a table or column of the inbox or the parked events is missing. */
  prepare(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  status(): GroupStatus[];
  /** False if a consumer is lost again and again although Kafka answers. */
  healthy(): boolean;
}

export interface ConsumersOptions {
  config: ServiceConfig;
  database: Knex;
  contracts: EventContracts;
  logger: Logger;
  registry: Registry;
  /** Overrides of the defaults for consuming. */
  consumer?: Partial<ConsumerSettings>;
  driver: KafkaDriver;
}

/** The number of parked keys that are retried concurrently, separate from live events. */
const PARKED_SLOTS = 2;

/** The consumer groups of a service: its own and those of its subscriptions. Each has one member for all its topics. */
export function createConsumers(options: ConsumersOptions): Consumers {
  const { config, contracts, database, logger, registry, driver } = options;
  const settings = { ...defaultSettings(config), ...options.consumer };
  const slots = createSemaphore(settings.concurrency);
  const parkedSlots = createSemaphore(PARKED_SLOTS);
  const metricsOf = createConsumerMetrics(registry);
  const handled = new Set<unknown>();
  const groups = new Map<string, GroupHandlers>();
  const starts = createStarts({
    ...{ database, driver, logger, handlers: groups },
    ownGroup: config.kafka.groupId,
  });
  /** The names of subscriptions by group. */
  const names = new Map<string, string>();
  const topics = (): string[] => [...groups.values()].flatMap((handlers) => handlers.topics());
  const pruner = createInboxPruner({
    ...{ database, driver, logger, topics },
    retention: settings.inboxRetention,
  });
  const waiting = new Set<string>();
  const running = createRunningGroups(consumerOf);
  let hasStarted = false;

  function handlersOf(groupId: string): GroupHandlers {
    if (hasStarted) throw new Error('the bus has already started; add handlers before it starts');
    const handlers = groups.get(groupId) ?? createGroupHandlers();
    groups.set(groupId, handlers);
    return handlers;
  }

  function checkConsumed(definition: EventDefinition): void {
    if (contracts.consumed.some((consumed) => consumed === definition)) return;
    throw new Error(
      `${definition.type} version ${definition.version} is not consumed by this service; add its definition to contracts.consumed`,
    );
  }

  function add<T>(definition: EventDefinition<T>, defined: DefinedHandler<T>): void {
    checkConsumed(definition);
    handlersOf(config.kafka.groupId).add(definition, defined);
    handled.add(definition);
  }

  function checkStopped(): void {
    if (hasStarted) throw new Error('the bus has already started; add subscriptions before it starts');
  }

  /** Adds the whole subscription, or throws and adds nothing. */
  function addNamed(subscription: AnySubscription): void {
    checkStopped();
    addPlan(planSubscription(subscription, config.kafka.groupId));
  }

  function addPlan(plan: SubscriptionPlan): void {
    const { name, groupId } = plan;
    if (names.has(groupId))
      throw new Error(`subscription ${name} already exists; give each subscription a different name`);
    if (groups.has(groupId))
      throw new Error(
        `group ${groupId} already has handlers; add the subscription before its tombstone handlers, or give it another name`,
      );
    const handlers = createGroupHandlers(`subscription ${name}`);
    for (const [definition, defined] of plan.handlers) {
      checkConsumed(definition);
      handlers.add(definition, defined);
    }
    starts.add(plan);
    groups.set(groupId, handlers);
    names.set(groupId, name);
    for (const [definition] of plan.handlers) handled.add(definition);
  }

  function addTopics({ topics, groupId = config.kafka.groupId, handler }: Subscription): void {
    const name = names.get(groupId);
    if (name !== undefined)
      throw new Error(`group ${groupId} belongs to subscription ${name}; use another groupId`);
    handlersOf(groupId).addTopics(topics, handler);
  }

  function consumerOf(groupId: string): RunningGroup {
    const handlers = groups.get(groupId) ?? createGroupHandlers();
    const group = { groupId, database, handlers, settings, metrics: metricsOf(groupId) };
    const groupLogger = logger.child({ group: groupId });
    const takeover = starts.takeoverOf(groupId);
    let hasBegun = false;
    const runner = createParkedRunner({
      ...{ ...group, logger: groupLogger, slots: parkedSlots },
      async beforeLook() {
        if (hasBegun && takeover) await adoptParked(database, takeover, groupId);
        return hasBegun;
      },
    });
    const consumer = createConsumer({
      ...{ ...group, driver, logger, slots, parked: runner.wake, takeover },
      async begin() {
        await starts.begin(groupId);
        hasBegun = true;
      },
    });
    return { consumer, runner };
  }

  return {
    on<T>(
      definition: EventDefinition<T>,
      handler: EventHandler<T> | EffectHandler<T>,
      { delivery = 'exactly-once' }: { delivery?: 'exactly-once' | 'at-least-once' } = {},
    ) {
      add(definition, { delivery, handler } as DefinedHandler<T>);
    },
    onBatch: (definition, handler) => add(definition, { delivery: 'in batches', handler }),
    onTombstone(topic, handler, { groupId = config.kafka.groupId } = {}) {
      handlersOf(groupId).addTombstones(topic, handler);
    },
    subscribe(subscription: Subscription | AnySubscription) {
      if ('topics' in subscription) addTopics(subscription);
      else addNamed(subscription);
    },
    subscribePlanned(plan, { waits = false } = {}) {
      checkStopped();
      const groupId = `${config.kafka.groupId}.${plan.name}`;
      addPlan({ ...plan, groupId });
      if (waits) waiting.add(groupId);
    },
    begin: running.begin,
    end: running.end,
    topics,
    groups: () => [...groups.keys()],
    async prepare() {
      for (const definition of contracts.consumed.filter((consumed) => !handled.has(consumed))) {
        const { type, version } = definition;
        logger.warn(`${type} version ${version} of contracts.consumed has no handler; add one with bus.on`);
      }
      if (groups.size === 0) return;
      starts.check();
      await checkRequiredSchema(askOf(database), inboxSchema);
    },
    start() {
      hasStarted = true;
      for (const groupId of groups.keys()) if (!waiting.has(groupId)) running.begin(groupId);
      if (groups.size > 0) pruner.start();
    },
    async stop() {
      await Promise.all([pruner.stop(), running.stop()]);
    },
    status: running.status,
    healthy: running.healthy,
  };
}
