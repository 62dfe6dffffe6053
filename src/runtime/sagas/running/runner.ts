import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { failpoint } from '../../async/failpoint.ts';
import { currentContext, runInContext } from '../../context/context.ts';
import { newTraceparent } from '../../context/traceparent.ts';
import type { Publish } from '../../events/outbox/publish.ts';
import type { SagaEvent } from '../definition/reply.ts';
import type { SagaDefinition } from '../definition/saga.ts';
import { answersOf } from '../machine/answers.ts';
import type { SagaInstance, Transition } from '../machine/instance.ts';
import { fireTimer, receiveReply, startSaga } from '../machine/transition.ts';
import { operate } from '../machine/operator.ts';
import { lockName, lockSagas } from '../store/lock.ts';
import { loadEarly, loadSaga, type StoredSaga } from '../store/load.ts';
import { causeOf, insertSaga, keepEarlyReply, replaceEarly, updateSaga, type Cause } from '../store/save.ts';
import { deleteTimer, takeTimer, type Timer } from '../store/timers.ts';
import type { SagaMetrics } from './metrics.ts';

/** The end of a saga, for a handler in its transaction. */
export type SagaEnding<State> = (
  saga: { readonly id: string; readonly state: State },
  trx: Knex.Transaction,
) => Promise<unknown>;

/**
 * Handlers of the ends of a saga. Each runs in the transaction that ends the saga, so its writes through `trx`, and the events that
 * it publishes, happen exactly once.
 */
export interface SagaEndings<State> {
  completed?: SagaEnding<State>;
  compensated?: SagaEnding<State>;
}

/** Runs one definition: loads, changes and stores its sagas. Each function works in the transaction of the caller. */
export interface SagaRunner {
  readonly definition: SagaDefinition;
  /** Whether the service itself publishes the event that starts the saga. */
  readonly isOwn: boolean;
  start(event: SagaEvent, trx: Knex.Transaction): Promise<void>;
  receive(event: SagaEvent, trx: Knex.Transaction): Promise<void>;
  fire(timer: Timer, trx: Knex.Transaction): Promise<void>;
}

export interface RunnerOptions<State> {
  definition: SagaDefinition<State>;
  endings: SagaEndings<State>;
  isOwn: boolean;
  publish: Publish;
  metrics: SagaMetrics;
}

export function createSagaRunner<State>(options: RunnerOptions<State>): SagaRunner {
  const { definition, endings, isOwn, publish, metrics } = options;
  const { name: saga } = definition;

  /** Publishes the events and runs the ending, in the context of the saga. */
  async function finish(
    { instance, messages, changes }: Transition<State>,
    correlationId: string,
    trx: Knex.Transaction,
    seconds: ReadonlyMap<string, number> = new Map(),
  ): Promise<void> {
    const context = currentContext() ?? { requestId: randomUUID(), traceparent: newTraceparent() };
    await runInContext({ ...context, correlationId }, async () => {
      for (const message of messages) await publish(message, trx);
      const { status, id, state } = instance;
      const isEnd = status === 'completed' || status === 'compensated';
      if (isEnd) await endings[status]?.({ id, state }, trx);
    });
    metrics.changed(saga, changes, seconds);
    failpoint('saga.saved');
  }

  async function update(
    { instance, correlationId, seconds }: StoredSaga<State>,
    apply: (instance: SagaInstance<State>) => Transition<State>,
    cause: Cause,
    trx: Knex.Transaction,
  ): Promise<void> {
    const transition = apply(instance);
    if (transition.ignored) return metrics.ignored(saga, transition.ignored);
    await updateSaga(trx, definition, instance, transition, cause);
    await finish(transition, correlationId, trx, seconds);
  }

  /** A reply can come before a saga that an event of another service starts. */
  async function receiveFor(id: string, event: SagaEvent, trx: Knex.Transaction): Promise<void> {
    await lockSagas(trx, [lockName({ saga, id })]);
    const stored = await loadSaga(trx, definition, id);
    if (stored)
      return update(stored, (instance) => receiveReply(definition, instance, event), causeOf(event), trx);
    if (isOwn) return metrics.ignored(saga, 'unknown');
    for (const { step, outcome, id: of } of answersOf(definition, event))
      if (of === id && outcome !== 'confirmed')
        await keepEarlyReply(trx, { saga, id }, { step: step.name, outcome, event });
  }

  return {
    definition: definition as SagaDefinition,
    isOwn,
    async start(event, trx) {
      if (!definition.startedBy.applies(event)) return;
      const id = definition.startedBy.id(event);
      // the row of a new saga is its own lock; a start in a request cannot keep the order of the locks
      if (!isOwn) await lockSagas(trx, [lockName({ saga, id })]);
      const early = isOwn ? [] : await loadEarly(trx, saga, id);
      const transition = startSaga(definition, event, early);
      const isNew = await insertSaga(trx, definition, transition, causeOf(event), event.correlationId);
      if (!isNew) return metrics.ignored(saga, 'started before');
      await replaceEarly(trx, { saga, id }, early, transition.instance.early);
      await finish(transition, event.correlationId, trx);
    },
    async receive(event, trx) {
      const ids = new Set(answersOf(definition, event).map(({ id }) => id));
      for (const id of ids) await receiveFor(id, event, trx);
    },
    async fire(timer, trx) {
      await lockSagas(trx, [lockName(timer)]);
      const taken = await takeTimer(trx, timer);
      if (!taken) return;
      const stored = await loadSaga(trx, definition, timer.id);
      await deleteTimer(trx, timer);
      if (!stored) return;
      const { command } = taken;
      if (!command)
        return update(
          stored,
          (instance) => fireTimer(definition, instance, timer.name),
          { timer: timer.name },
          trx,
        );
      const { verb, reason } = command;
      const step = command.verb === 'skip' ? { step: command.step } : {};
      const cause = { command: verb, ...step, ...(reason !== undefined && { reason }) };
      return update(stored, (instance) => operate(definition, instance, command), cause, trx);
    },
  };
}
