import {
  danglingReference,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  resolved,
  textAt,
} from './schema/json.ts';

/** A version of an event in a contract. */
export interface EventContract {
  /** Such as `user.created`. */
  type: string;
  version: number;
  /** The Kafka topic. */
  topic: string;
  /** The type of the aggregate, whose id is the key; undefined if the contract does not say. */
  aggregate: string | undefined;
  /** The JSON Schema of the Kafka key; undefined if the contract does not say. */
  key: JsonObject | undefined;
  /** The JSON Schema of the data. */
  payload: JsonObject;
  /** The document, into which references of the schemas lead. */
  document: JsonObject;
}

/** The events that a service publishes and consumes. */
export interface ServiceContract {
  published: EventContract[];
  consumed: EventContract[];
}

/** The contract cannot be read. The message is one sentence without the name of the file. */
export class ContractError extends Error {
  override name = 'ContractError';
}

/**
 * Reads the text of an `asyncapi.json`. Throws a ContractError if it is not an AsyncAPI 3 document, or if an event has neither a
 * type nor a version.
 */
export function readContract(text: string): ServiceContract {
  const document = parseDocument(text, { name: 'asyncapi', title: 'AsyncAPI' });
  const [published, consumed]: EventContract[][] = [[], []];
  for (const operation of Object.values(objectAt(document, 'operations'))) {
    const events = eventsOf(document, resolved(document, operation));
    const action = textAt(operation, 'action');
    if (action === 'send') published?.push(...events);
    if (action === 'receive') consumed?.push(...events);
  }
  return { published: published ?? [], consumed: consumed ?? [] };
}

/** Parses a document whose member `name` is a version 3. Throws a ContractError, also if a reference has no target. */
export function parseDocument(
  text: string,
  { name, title }: { name: 'asyncapi' | 'openapi'; title: string },
): JsonObject {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new ContractError(`it is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  const version = textAt(document, name);
  if (version === undefined || !isObject(document))
    throw new ContractError(`it has no "${name}" with a version`);
  if (!version.startsWith('3.'))
    throw new ContractError(`its "${name}" is "${version}", but only ${title} 3 can be read`);
  const dangling = danglingReference(document);
  if (dangling === undefined) return document;
  throw new ContractError(`its reference "${dangling}" has no target in the document`);
}

/** An operation without messages has all messages of its channel (AsyncAPI 3.0, "Operation Object"). */
function eventsOf(document: JsonObject, operation: unknown): EventContract[] {
  const channel = resolved(document, objectAt(operation, 'channel'));
  const topic = textAt(channel, 'address');
  if (topic === undefined) throw new ContractError('the channel of an operation has no "address"');
  const own = listAt(operation, 'messages');
  const messages = own.length > 0 ? own : Object.values(objectAt(channel, 'messages'));
  return messages.map((message) => eventOf(document, resolved(document, message), topic));
}

function eventOf(document: JsonObject, message: unknown, topic: string): EventContract {
  const headers = objectAt(objectAt(message, 'headers'), 'properties');
  const constant = (name: string) => textAt(objectAt(headers, name), 'const');
  const name = textAt(message, 'name') ?? '';
  const [, named, numbered] = /^(.+)\.v(\d+)$/.exec(name) ?? [];
  const type = constant('ce_type') ?? named;
  const version = Number(constant('ce_eventversion') ?? numbered ?? 1);
  if (type === undefined || !Number.isInteger(version))
    throw new ContractError(`the message "${name}" has no event type in its headers or its name`);
  const aggregate = constant('ce_aggregatetype') ?? textAt(message, 'x-aggregate');
  const binding = objectAt(objectAt(objectAt(message, 'bindings'), 'kafka'), 'key');
  const key = Object.keys(binding).length > 0 ? binding : undefined;
  return { type, version, topic, aggregate, key, payload: objectAt(message, 'payload'), document };
}

/** The name of an event with its version, such as `user.created v2`. */
export const eventName = ({ type, version }: Pick<EventContract, 'type' | 'version'>): string =>
  `${type} v${version}`;
