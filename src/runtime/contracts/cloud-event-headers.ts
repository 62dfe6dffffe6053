import type { JsonSchema } from '../schemas/json-schema.ts';
import { titleOf } from './titles.ts';

const text = (description: string): JsonSchema => ({ type: 'string', description });

/** The Kafka headers of every event: CloudEvents 1.0 in binary mode, with this system's extension attributes. */
export const cloudEventHeaders: JsonSchema = {
  title: 'CloudEventHeaders',
  type: 'object',
  required: ['content-type', 'ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_subject', 'ce_time'],
  properties: {
    'content-type': { const: 'application/json' },
    ce_specversion: { const: '1.0' },
    ce_id: text('Unique together with ce_source.'),
    ce_type: text('The type of the event.'),
    ce_source: text('The service that published the event.'),
    ce_subject: text('The id of the aggregate, which is also the key of the message.'),
    ce_time: { type: 'string', format: 'date-time', description: 'When the event was published.' },
    ce_aggregatetype: text('The type of the aggregate.'),
    ce_eventversion: { type: 'string', pattern: '^[1-9][0-9]*$', description: 'The version of the data.' },
    ce_occurrenceid: text('The same for all versions of one event that were published together.'),
    ce_oldestversion: {
      type: 'string',
      pattern: '^[1-9][0-9]*$',
      description: 'The oldest of these versions, which comes last.',
    },
    ce_correlationid: text('The same for every event that one request caused.'),
    ce_causationid: text('The id of the event whose handling published this one.'),
    ce_traceparent: text('W3C Trace Context, which is also in the header traceparent.'),
    traceparent: text('W3C Trace Context.'),
  },
};

/** The headers of one event type, as keywords to combine with `cloudEventHeaders`. */
export const headersOf = (type: string, version: number, aggregate: string): JsonSchema => ({
  title: `${titleOf(type, version)}Headers`,
  type: 'object',
  allOf: [{ $ref: '#/components/schemas/CloudEventHeaders' }],
  properties: {
    ce_type: { const: type },
    ce_aggregatetype: { const: aggregate },
    ce_eventversion: { const: String(version) },
  },
});
