import { EventDataError } from '../../events/event/data.ts';
import type { EventDefinition, ReceivedEvent } from '../../events/event/definition.ts';
import { isText } from '../../events/event/storable-text.ts';

/** An event as a saga sees it: without its place in Kafka, since a saga can start before its event is sent. */
export type SagaEvent<T = unknown> = Omit<ReceivedEvent<T>, 'topic' | 'partition' | 'offset'>;

/** PostgreSQL's indexes hold up to 2,704 bytes, and the key of a step holds three names. */
const LONGEST_ID = 500;

export interface ReplySettings<State, T> {
  /**
   * Returns the id of the saga that the event belongs to. Pure. Mandatory, since a guess could lead the replies of several sagas
   * to one. An event with an empty id is a dead letter.
   */
  id: (event: SagaEvent<T>) => string;
  /**
   * Returns the `requestId` of the request that the event answers. A reply to another request than the current one of the step is
   * ignored. Without it, every event of the type answers the step.
   */
  requestId?: (event: SagaEvent<T>) => string | undefined;
  /** Whether the event is this reply; default: always. For an event that reports success or failure in its data. */
  when?: (event: SagaEvent<T>) => boolean;
  /** Returns the state of the saga after the reply; default: the same. Pure: it must not change `state`. */
  state?: (state: State, event: SagaEvent<T>) => State;
}

/** An event that answers a step; created by `reply`. */
export interface Reply<State> {
  readonly event: EventDefinition;
  readonly id: (event: SagaEvent) => string;
  readonly requestId: (event: SagaEvent) => string | undefined;
  readonly applies: (event: SagaEvent) => boolean;
  readonly state: (state: State, event: SagaEvent) => State;
}

/** Defines which event answers a step, and of which saga. */
export function reply<State, T>(
  definition: EventDefinition<T>,
  { id, requestId, when, state }: ReplySettings<State, T>,
): Reply<State> {
  // the bus validates the data of an event against its definition
  const typed = (event: SagaEvent): SagaEvent<T> => event as SagaEvent<T>;
  return Object.freeze({
    event: definition,
    id: (event: SagaEvent) => sagaIdOf(definition, id(typed(event))),
    requestId: (event: SagaEvent) => requestId?.(typed(event)),
    applies: (event: SagaEvent) => when?.(typed(event)) ?? true,
    state: (before: State, event: SagaEvent) => state?.(before, typed(event)) ?? before,
  });
}

/** Throws if `id` cannot be the id of a saga. */
export function sagaIdOf({ type }: Pick<EventDefinition, 'type'>, id: unknown): string {
  if (typeof id === 'string' && id !== '' && id.length <= LONGEST_ID && isText(id)) return id;
  throw new EventDataError(
    `${type} belongs to no saga: its id is ${JSON.stringify(id)?.slice(0, 100)}; let \`id\` return a string of 1 to ${LONGEST_ID} characters without NUL`,
  );
}
