import { readContract, type ServiceContract } from '../../../src/devkit/contracts/event-contract.ts';

/** An event in the text of a contract; absent parts have those of `user.created v1`. */
export interface SomeEvent {
  type?: string;
  version?: number;
  topic?: string;
  aggregate?: string;
  key?: object;
  payload?: object;
}

/** Returns the text of an `asyncapi.json`. */
export function contractText(published: SomeEvent[], consumed: SomeEvent[] = []): string {
  const events = [...published, ...consumed].map((event) => ({ ...defaults, ...event }));
  const channels = Object.fromEntries(events.map((event, index) => [`c${index}`, channelOf(event)]));
  const operations = events.map((_, index) => [
    `o${index}`,
    { action: index < published.length ? 'send' : 'receive', channel: { $ref: `#/channels/c${index}` } },
  ]);
  return JSON.stringify({ asyncapi: '3.0.0', channels, operations: Object.fromEntries(operations) });
}

export const contractOf = (published: SomeEvent[], consumed: SomeEvent[] = []): ServiceContract =>
  readContract(contractText(published, consumed));

const defaults = { type: 'user.created', version: 1, topic: 'user.events', aggregate: 'user' };

const channelOf = ({ type, version, topic, aggregate, key, payload }: SomeEvent & typeof defaults) => ({
  address: topic,
  messages: {
    one: {
      name: `${type}.v${version}`,
      payload: payload ?? { type: 'object' },
      bindings: { kafka: { key: key ?? { type: 'string' } } },
      'x-aggregate': aggregate,
    },
  },
});

/** The schema of an object with required fields. */
export const fields = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
