import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { SagaConfig } from '../../config/saga-config.ts';
import { askOf, checkRequiredSchema, sagaSchema } from '../../database/required-schema.ts';
import type { EventContracts, EventDefinition } from '../../events/event/definition.ts';
import type { DefinedHandler } from '../../events/handling/handler.ts';
import type { Publish } from '../../events/outbox/publish.ts';
import { answersOf } from '../machine/answers.ts';
import { repliesOf, type SagaDefinition } from '../definition/saga.ts';
import type { SagaEvent } from '../definition/reply.ts';
import { lockName, lockSagas } from '../store/lock.ts';
import { warnOfRemoved } from '../store/removed-steps.ts';
import { createSagaMetrics } from './metrics.ts';
import { createSagaPruning } from './pruning.ts';
import { createSagaRunner, type SagaEndings, type SagaRunner } from './runner.ts';
import { createTimerWorker, type TimerWorker } from './timer-worker.ts';

/** Adds a saga; see `EventBus.addSaga`. */
export type AddSaga = <State>(definition: SagaDefinition<State>, endings?: SagaEndings<State>) => void;

/** The subscription of a saga: its events with their handlers. */
export interface SagaSubscription {
  name: string;
  from: 'earliest' | 'latest';
  handlers: readonly (readonly [EventDefinition, DefinedHandler<unknown>])[];
}

/** The sagas of a service. */
export interface Sagas {
  add: AddSaga;
  /** Reports whether the event, which this service publishes, starts a saga. */
  isStart(definition: EventDefinition): boolean;
  /** Starts the sagas of an event in the transaction that publishes it. */
  start(definition: EventDefinition, event: SagaEvent, trx: Knex.Transaction): Promise<void>;
  /** Rejects if a table is missing. */
  prepare(): Promise<void>;
  /** Starts to fire timers and to delete old rows. */
  startWork(): void;
  stop(): Promise<void>;
}

export interface SagasOptions {
  database: Knex;
  config: SagaConfig;
  contracts: EventContracts;
  logger: Logger;
  registry: Registry;
  publish: Publish;
  subscribe: (subscription: SagaSubscription) => void;
}

export function createSagas(options: SagasOptions): Sagas {
  const { database, config, contracts, logger, registry, publish, subscribe } = options;
  const runners = new Map<string, SagaRunner>();
  const metrics = createSagaMetrics(database, registry, () => [...runners.keys()]);
  const pruning = createSagaPruning({ database, logger, config });
  let worker: TimerWorker | undefined;

  const startsOf = (definition: EventDefinition): SagaRunner[] =>
    [...runners.values()].filter((each) => each.isOwn && each.definition.startedBy.event === definition);

  return {
    add(definition, endings = {}) {
      const isOwn = contracts.published.includes(definition.startedBy.event);
      const runner = createSagaRunner({ definition, endings, isOwn, publish, metrics });
      subscribe(subscriptionOf(runner));
      runners.set(definition.name, runner);
    },
    isStart: (definition) => startsOf(definition).length > 0,
    async start(definition, event, trx) {
      for (const runner of startsOf(definition)) await runner.start(event, trx);
    },
    async prepare() {
      if (runners.size === 0) return;
      await checkRequiredSchema(askOf(database), sagaSchema);
      await warnOfRemoved(
        database,
        [...runners.values()].map(({ definition }) => definition),
        logger,
      );
    },
    startWork() {
      pruning.start();
      if (runners.size === 0) return;
      worker ??= createTimerWorker({ database, logger, runners });
      worker.start();
    },
    async stop() {
      await Promise.all([pruning.stop(), worker?.stop()]);
    },
  };
}

function subscriptionOf(runner: SagaRunner): SagaSubscription {
  const { definition, isOwn } = runner;
  const { startedBy, steps, name, from } = definition;
  const replies = [...steps.values()].flatMap(repliesOf).map(({ event }) => event);
  const events = new Set(isOwn ? replies : [startedBy.event, ...replies]);
  const idsOf = (event: SagaEvent): string[] => [
    ...answersOf(definition, event).map(({ id }) => id),
    ...(isStartedBy(event) ? [startedBy.id(event)] : []),
  ];
  const isStartedBy = (event: SagaEvent): boolean =>
    !isOwn && event.type === startedBy.event.type && startedBy.applies(event);
  const locks = {
    names: (event: SagaEvent) => idsOf(event).map((id) => lockName({ saga: name, id })),
    take: lockSagas,
  };
  const handler = async (event: SagaEvent, trx: Knex.Transaction): Promise<void> => {
    if (isStartedBy(event)) await runner.start(event, trx);
    await runner.receive(event, trx);
  };
  return {
    ...{ name, from },
    handlers: [...events].map((event) => [event, { delivery: 'exactly-once', handler, locks }] as const),
  };
}
