import type { EventContracts, EventDefinition } from '../events/event/definition.ts';
import { toJsonSchema, type JsonSchema } from '../schemas/json-schema.ts';
import { cloudEventHeaders, headersOf } from './cloud-event-headers.ts';
import { titled, titleOf } from './titles.ts';

export interface AsyncApiInput {
  serviceName: string;
  version: string;
  description?: string;
  contracts: EventContracts;
}

interface Message extends JsonSchema {
  name: string;
  'x-aggregate': string;
  'x-version': number;
}

interface ChannelOperation {
  action: 'send' | 'receive';
  description: string;
  channel: Reference;
  messages: Reference[];
}

interface Reference {
  $ref: string;
}

/** The parts of AsyncAPI 3.0 that a contract uses: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  info: { title: string; version: string; description?: string };
  defaultContentType: string;
  channels: Record<string, { address: string; messages: Record<string, Reference> }>;
  operations: Record<string, ChannelOperation>;
  components: { messages: Record<string, Message>; schemas: Record<string, JsonSchema> };
}

/**
 * Returns the AsyncAPI 3 document of a service: one channel per topic, the messages that the service sends and receives
 * there, and the JSON Schema of each event's data. Other services learn the events from it. Throws if two definitions of one
 * type and version differ.
 */
export function asyncApiDocument(input: AsyncApiInput): AsyncApiDocument {
  const { serviceName, version, description, contracts } = input;
  const definitions = [...contracts.published, ...contracts.consumed].toSorted(byTopicThenName);
  return {
    asyncapi: '3.0.0',
    info: { title: serviceName, version, ...(description ? { description } : {}) },
    defaultContentType: 'application/json',
    channels: channelsOf(definitions),
    operations: {
      ...operationsOf('send', serviceName, contracts.published),
      ...operationsOf('receive', serviceName, contracts.consumed),
    },
    components: {
      messages: messagesOf(definitions),
      schemas: definitions.length > 0 ? { CloudEventHeaders: cloudEventHeaders } : {},
    },
  };
}

const messageName = ({ type, version }: EventDefinition): string => `${type}.v${version}`;
const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const byTopicThenName = (a: EventDefinition, b: EventDefinition): number =>
  order(a.topic, b.topic) || order(messageName(a), messageName(b));

function channelsOf(definitions: EventDefinition[]): AsyncApiDocument['channels'] {
  const channels: AsyncApiDocument['channels'] = {};
  for (const definition of definitions) {
    const { topic } = definition;
    const channel = (channels[topic] ??= { address: topic, messages: {} });
    channel.messages[messageName(definition)] = { $ref: `#/components/messages/${messageName(definition)}` };
  }
  return channels;
}

function operationsOf(
  action: ChannelOperation['action'],
  serviceName: string,
  definitions: readonly EventDefinition[],
): AsyncApiDocument['operations'] {
  const operations: AsyncApiDocument['operations'] = {};
  for (const definition of definitions.toSorted(byTopicThenName)) {
    const channel = `#/channels/${definition.topic}`;
    const operation = (operations[`${action}.${definition.topic}`] ??= {
      action,
      description: `The events of ${definition.topic} that ${serviceName} ${action === 'send' ? 'publishes' : 'handles'}.`,
      channel: { $ref: channel },
      messages: [],
    });
    operation.messages.push({ $ref: `${channel}/messages/${messageName(definition)}` });
  }
  return operations;
}

function messagesOf(definitions: EventDefinition[]): Record<string, Message> {
  const messages: Record<string, Message> = {};
  for (const definition of definitions) {
    const name = messageName(definition);
    const message = messageOf(definition);
    const other = messages[name];
    if (other && JSON.stringify(other) !== JSON.stringify(message)) {
      throw new Error(`${name} has two different definitions; give one of them the next version`);
    }
    messages[name] = message;
  }
  return messages;
}

function messageOf(definition: EventDefinition): Message {
  const { type, version, aggregate, schema } = definition;
  return {
    name: messageName(definition),
    contentType: 'application/json',
    correlationId: { location: '$message.header#/ce_correlationid' },
    headers: headersOf(type, version, aggregate),
    payload: titled(open(toJsonSchema(schema, 'output')), titleOf(type, version)),
    bindings: { kafka: { key: { type: 'string', description: `The id of the ${aggregate}.` } } },
    'x-aggregate': aggregate,
    'x-version': version,
  };
}

/** Removes `additionalProperties: false`: a producer may add a field, and a consumer ignores unknown fields. */
function open(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema).filter((entry) => !isClosing(entry));
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, openValue(value)]));
}

const isClosing = ([keyword, value]: [string, unknown]): boolean =>
  keyword === 'additionalProperties' && value === false;

function openValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openValue);
  return isSchema(value) ? open(value) : value;
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
