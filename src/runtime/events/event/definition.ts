import type { ObjectSchema } from 'joi';
import { checkSchema } from '../../schemas/schema-bounds.ts';

/** Lifts the data of one version to the next one. */
export type Upcast = (data: Record<string, unknown>) => Record<string, unknown>;

export interface EventSettings<T> {
  /** A fact in the past tense, with the aggregate before it: `user.created`. */
  type: string;
  /** Counts up with every change that an old reader would not understand. */
  version: number;
  /** One topic per aggregate type: `user.events`. */
  topic: string;
  /** The type of the aggregate: `user`. */
  aggregate: string;
  /** The data as JSON holds it: dates are strings. */
  schema: ObjectSchema<T>;
  /** `{ 1: lift }` makes version 2 of version 1; readers of old events need one for every older version. */
  upcasts?: Readonly<Record<number, Upcast>>;
}

export interface EventDefinition<T = unknown> extends Readonly<Required<EventSettings<T>>> {
  /** An event of this definition about one aggregate; `bus.publish` checks and sends it. */
  of(aggregateId: string, data: T): NewEvent<T>;
}

/** An event that has happened and is not published yet; made by `definition.of(aggregateId, data)`. */
export interface NewEvent<T = unknown> {
  readonly definition: EventDefinition<T>;
  readonly aggregateId: string;
  readonly data: T;
}

/** An event as a handler gets it. `source` and `id` together are unique (CloudEvents 1.0). */
export interface ReceivedEvent<T = unknown> {
  readonly id: string;
  readonly type: string;
  /** The version of `data`: the definition's where one lifted it, else the one on the wire. */
  readonly version: number;
  /** The service that published it. */
  readonly source: string;
  /** The id of the aggregate that it is about. */
  readonly subject: string;
  readonly aggregate: string;
  /** When it was published, ISO 8601 in UTC. */
  readonly time: string;
  readonly data: T;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** What makes an event one event (CloudEvents 1.0: "source + id is unique"). */
export interface EventIdentity {
  source: string;
  id: string;
}

/** One string for each identity. */
export const identityOf = ({ source, id }: EventIdentity): string => `${source.length} ${source}${id}`;

/** What a service says to the others and hears from them; `asyncapi.json` is written from it. */
export interface EventContracts {
  readonly published: readonly EventDefinition[];
  readonly consumed: readonly EventDefinition[];
}

const typePattern = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/;
const aggregatePattern = /^[a-z][a-z0-9_-]*$/;
/** org.apache.kafka.common.internals.Topic: at most 249 of these characters, and not `.` or `..`. */
const topicPattern = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** Says what an event is. Throws when a name, the version, the schema or an upcast cannot be right. */
export function defineEvent<T>(settings: EventSettings<T>): EventDefinition<T> {
  checkSettings(settings);
  const definition: EventDefinition<T> = {
    ...settings,
    upcasts: settings.upcasts ?? {},
    of: (aggregateId, data) => ({ definition, aggregateId, data }),
  };
  return Object.freeze(definition);
}

/** Throws when Kafka would refuse the topic. */
export function checkTopic(topic: string): void {
  if (topicPattern.test(topic)) return;
  throw new Error(
    `"${topic}" is not a valid Kafka topic name; use up to 249 letters, digits, ".", "_" and "-", as in user.events`,
  );
}

function checkSettings<T>({ type, version, topic, aggregate, schema, upcasts = {} }: EventSettings<T>): void {
  if (!typePattern.test(type)) {
    throw new Error(
      `"${type}" is not a valid event type; write <aggregate>.<past tense>, as in user.created`,
    );
  }
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new Error(`${type} has version ${version}; versions are 1, 2, 3, ...`);
  }
  if (!aggregatePattern.test(aggregate)) {
    throw new Error(`${type} has the aggregate "${aggregate}"; write the type of the aggregate, as in user`);
  }
  checkTopic(topic);
  checkSchema(schema, `the schema of ${type}`);
  if (JSON.stringify(schema.describe()).includes('"type":"date"')) {
    throw new Error(
      `the schema of ${type} uses joi.date(), but JSON has no dates; use joi.string().isoDate()`,
    );
  }
  const misplaced = Object.keys(upcasts).find((from) => !(Number(from) >= 1 && Number(from) < version));
  if (misplaced) {
    throw new Error(
      `${type} version ${version} has an upcast from version ${misplaced}; upcasts are from older versions`,
    );
  }
}
