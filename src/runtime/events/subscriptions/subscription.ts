import type { EventDefinition } from '../event/definition.ts';
import type { BatchHandler, DefinedHandler, EffectHandler, EventHandler } from '../handling/handlers.ts';

/** Every event of topics, unchecked. */
export interface Subscription {
  topics: readonly string[];
  /** The service's own group when left out. */
  groupId?: string;
  handler: EventHandler;
}

/**
 * Where a subscription begins at its first start, in each topic that it has not heard before: at the earliest event that Kafka
 * has; behind the latest one; or at the place of another consumer group (its whole id), whose handlers it takes over.
 */
export type SubscriptionStart = 'earliest' | 'latest' | { readonly group: string };

/** The handlers of events, each with the definition of its event. */
type HandlersOf<Data extends readonly unknown[]> = {
  [Index in keyof Data]: readonly [EventDefinition<Data[Index]>, EventHandler<Data[Index]>];
};
type BatchHandlersOf<Data extends readonly unknown[]> = {
  [Index in keyof Data]: readonly [EventDefinition<Data[Index]>, BatchHandler<Data[Index]>];
};
type EffectHandlersOf<Data extends readonly unknown[]> = {
  [Index in keyof Data]: readonly [EventDefinition<Data[Index]>, EffectHandler<Data[Index]>];
};

/** A consumer group of its own, `<KAFKA_GROUP_ID>.<name>`, whose handlers write to the database. */
export interface NamedSubscription<
  Data extends readonly unknown[] = unknown[],
  BatchData extends readonly unknown[] = unknown[],
> {
  /** Lowercase letters, digits and hyphens, 64 at most. It stays: under another name the subscription is a new one. */
  name: string;
  from: SubscriptionStart;
  on?: HandlersOf<Data>;
  /** Handlers of several events at once; an event is in `on` or here. */
  onBatch?: BatchHandlersOf<BatchData>;
  delivery?: 'exactly-once';
}

/** A consumer group of its own, whose handlers have effects outside of the database. */
export interface EffectSubscription<Data extends readonly unknown[] = unknown[]> {
  name: string;
  /** `latest` when left out: nobody wants mail about the past. */
  from?: SubscriptionStart;
  on: EffectHandlersOf<Data>;
  delivery: 'at-least-once';
}

/** Adds a subscription; see `EventBus.subscribe`. */
export interface Subscribe {
  (subscription: Subscription): void;
  <Data extends readonly unknown[], BatchData extends readonly unknown[]>(
    subscription: NamedSubscription<Data, BatchData>,
  ): void;
  <Data extends readonly unknown[]>(subscription: EffectSubscription<Data>): void;
}

/** A subscription with a name, of either delivery, as the bus keeps it. */
export interface SubscriptionPlan {
  name: string;
  groupId: string;
  from: SubscriptionStart;
  handlers: readonly (readonly [EventDefinition, DefinedHandler<unknown>])[];
}

const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;

/** Throws an error that names the fault and the remedy where the subscription cannot be right by itself. */
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
      `subscription ${name} has a batch handler with at-least-once delivery, where each event is handed over alone; use \`on\``,
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

/** The overloads of `Subscribe` see to it that the handler takes what the delivery gives it. */
const definedHandler = (
  delivery: DefinedHandler<unknown>['delivery'],
  handler: unknown,
): DefinedHandler<unknown> => ({ delivery, handler }) as DefinedHandler<unknown>;

/** Any subscription with a name; the overloads of `Subscribe` say which members go together. */
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
    throw new Error(
      `subscription ${name} does not say where its first start begins; add \`from\`: ${choices}`,
    );
  if (from === 'earliest' || from === 'latest') return from;
  const { group }: { group?: unknown } = Object(from);
  if (typeof group !== 'string' || group === '')
    throw new Error(`subscription ${name} begins from ${JSON.stringify(from)}; use ${choices}`);
  if (group === groupId)
    throw new Error(`subscription ${name} takes over from itself; name the group that has the handlers now`);
  return { group };
}
