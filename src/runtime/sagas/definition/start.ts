import type { EventDefinition } from '../../events/event/definition.ts';
import { sagaIdOf, type SagaEvent } from './reply.ts';

export interface StartSettings<State, T> {
  /** Returns the id of the new saga. Pure. A saga starts once for each id. */
  id: (event: SagaEvent<T>) => string;
  /** Returns the state of the new saga. Pure. */
  state: (event: SagaEvent<T>) => State;
  /** Whether the event starts a saga; default: always. */
  when?: (event: SagaEvent<T>) => boolean;
}

/** The event that starts a saga; created by `startedBy`. */
export interface SagaStart<State> {
  readonly event: EventDefinition;
  readonly id: (event: SagaEvent) => string;
  readonly state: (event: SagaEvent) => State;
  readonly applies: (event: SagaEvent) => boolean;
}

/**
 * Defines which event starts a saga. An event that the service itself publishes starts the saga in the transaction that publishes
 * it, so no reply can come before the saga. An event of another service starts it in the transaction of its handler.
 */
export function startedBy<State, T>(
  definition: EventDefinition<T>,
  { id, state, when }: StartSettings<State, T>,
): SagaStart<State> {
  const typed = (event: SagaEvent): SagaEvent<T> => event as SagaEvent<T>;
  return Object.freeze({
    event: definition,
    id: (event: SagaEvent) => sagaIdOf(definition, id(typed(event))),
    state: (event: SagaEvent) => state(typed(event)),
    applies: (event: SagaEvent) => when?.(typed(event)) ?? true,
  });
}
