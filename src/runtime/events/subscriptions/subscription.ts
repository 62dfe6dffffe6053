import type { EventDefinition } from '../event/definition.ts';
import type { BatchHandler, DefinedHandler, EffectHandler, EventHandler } from '../handling/handler.ts';
import type { GroupStart } from './takeover.ts';

/** Receives every event of its topics, without validation. */
export interface Subscription {
  topics: readonly string[];
  /** Default: the group of the default subscription. */
  groupId?: string;
  handler: EventHandler;
}

/**
 * Where a subscription starts in a topic in which it has no position yet: at the earliest event that Kafka has, after the latest
 * event, or at the position of another consumer group, whose id is given in full.
 */
export type SubscriptionStart = 'earliest' | 'latest' | GroupStart;

/** Pairs of an event definition and its handler. */
type HandlersOf<Data extends readonly unknown[]> = {
  [Index in keyof Data]: readonly [EventDefinition<Data[Index]>, EventHandler<Data[Index]>];
};
type BatchHandlersOf<Data extends readonly unknown[]> = {
  [Index in keyof Data]: readonly [EventDefinition<Data[Index]>, BatchHandler<Data[Index]>];
};
type EffectHandlersOf<Data extends readonly unknown[]> = {
  [Index in keyof Data]: readonly [EventDefinition<Data[Index]>, EffectHandler<Data[Index]>];
};

/** A subscription with its own consumer group, `<KAFKA_GROUP_ID>.<name>`. Its handlers write to the database. */
export interface NamedSubscription<
  Data extends readonly unknown[] = unknown[],
  BatchData extends readonly unknown[] = unknown[],
> {
  /** Up to 64 lowercase letters, digits and hyphens. A subscription with another name is a new subscription. */
  name: string;
  from: SubscriptionStart;
  on?: HandlersOf<Data>;
  /** Handlers that receive several events at once. An event has a handler in `on` or in `onBatch`. */
  onBatch?: BatchHandlersOf<BatchData>;
  delivery?: 'exactly-once';
}

/** A subscription whose handlers have effects outside of the database. */
export interface EffectSubscription<Data extends readonly unknown[] = unknown[]> {
  name: string;
  /** Default: `latest`, since effects of past events, such as mail, are unwanted. */
  from?: SubscriptionStart;
  on: EffectHandlersOf<Data>;
  delivery: 'at-least-once';
}

/** Adds a subscription. See `EventBus.subscribe`. */
export interface Subscribe {
  (subscription: Subscription): void;
  <Data extends readonly unknown[], BatchData extends readonly unknown[]>(
    subscription: NamedSubscription<Data, BatchData>,
  ): void;
  <Data extends readonly unknown[]>(subscription: EffectSubscription<Data>): void;
}

/** A named subscription of either delivery, as the bus keeps it. */
export interface SubscriptionPlan {
  name: string;
  groupId: string;
  from: SubscriptionStart;
  handlers: readonly (readonly [EventDefinition, DefinedHandler<unknown>])[];
}

const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;

/** Throws if the subscription, seen alone, is invalid. The error names the fault and the remedy. */
export function planSubscription(
  { name, from, on = [], onBatch = [], delivery = 'exactly-once' }: AnySubscription,
  ownGroup: string,
): SubscriptionPlan {
  if (typeof name !== 'string' || name.length > LONGEST_NAME || !namePattern.test(name))
    throw new Error(
      `${JSON.stringify(name)} is not a valid subscription name; use up to ${LONGEST_NAME} lowercase letters, digits and hyphens, as in welcome-mail`,
    );
  if (delivery !== 'exactly-once' && delivery !== 'at-least-once')
    throw new Error(
      `subscription ${name} has the delivery ${JSON.stringify(delivery)}; use 'exactly-once' or 'at-least-once'`,
    );
  if (delivery === 'at-least-once' && onBatch.length > 0)
    throw new Error(
      `subscription ${name} has a batch handler, but with at-least-once delivery each event is passed alone; use \`on\``,
    );
  if (on.length + onBatch.length === 0)
    throw new Error(`subscription ${name} has no handlers; name an event in \`on\` or \`onBatch\``);
  const groupId = `${ownGroup}.${name}`;
  const handlers = [
    ...on.map(([definition, handler]) => [definition, definedHandler(delivery, handler)] as const),
    ...onBatch.map(([definition, handler]) => [definition, definedHandler('in batches', handler)] as const),
  ];
  return { name, groupId, from: startOf({ name, from, delivery, groupId }), handlers };
}

/** The overloads of `Subscribe` check that the handler accepts the arguments of the delivery. */
const definedHandler = (
  delivery: DefinedHandler<unknown>['delivery'],
  handler: unknown,
): DefinedHandler<unknown> => ({ delivery, handler }) as DefinedHandler<unknown>;

/** Any named subscription. The overloads of `Subscribe` define the valid combinations of members. */
export interface AnySubscription {
  name: string;
  from?: SubscriptionStart;
  on?: readonly (readonly [EventDefinition, (...parameters: never[]) => Promise<unknown>])[];
  onBatch?: readonly (readonly [EventDefinition, (...parameters: never[]) => Promise<unknown>])[];
  delivery?: 'exactly-once' | 'at-least-once';
}

function startOf({
  name,
  groupId,
  delivery,
  from = delivery === 'at-least-once' ? 'latest' : undefined,
}: Pick<AnySubscription, 'name' | 'from' | 'delivery'> & { groupId: string }): SubscriptionStart {
  const choices = `'earliest', 'latest' or { group }`;
  if (from === undefined)
    throw new Error(`subscription ${name} does not say where it starts; add \`from\`: ${choices}`);
  if (from === 'earliest' || from === 'latest') return from;
  const { group, shared = false }: { group?: unknown; shared?: unknown } = Object(from);
  if (typeof group !== 'string' || group === '' || typeof shared !== 'boolean')
    throw new Error(`subscription ${name} starts from ${JSON.stringify(from)}; use ${choices}`);
  if (group === groupId)
    throw new Error(`subscription ${name} takes over from itself; name the group that has the handlers now`);
  return { group, shared };
}
