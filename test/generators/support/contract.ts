type Json = Record<string, unknown>;

/** The description of one event in a contract. */
export interface Told {
  title?: unknown;
  name?: unknown;
  topic?: unknown;
  version?: unknown;
  aggregate?: unknown;
  payload?: unknown;
}

const payload = { type: 'object', properties: { email: { type: 'string' } }, required: ['email'] };

/** The AsyncAPI 3 document of a service that publishes one event, `user.created` unless told otherwise. */
export function contractOf(told: Told = {}): Json {
  const { title = 'user-service', name = 'user.created', topic = 'user.events' } = told;
  return {
    asyncapi: '3.0.0',
    info: { title, version: '1.0.0' },
    channels: { events: { address: topic, messages: { fact: { $ref: '#/components/messages/fact' } } } },
    operations: { sent: { action: 'send', channel: { $ref: '#/channels/events' } } },
    components: {
      messages: {
        fact: {
          name,
          payload: told.payload ?? payload,
          ...('version' in told && { 'x-version': told.version }),
          ...('aggregate' in told && { 'x-aggregate': told.aggregate }),
        },
      },
    },
  };
}
