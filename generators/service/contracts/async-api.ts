import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Field } from '../model/answers.ts';
import { fieldCode, schemaOfType, tolerantSchema, type JsonSchema } from '../fields/codes.ts';
import type { ParticipantView } from '../model/participant-view.ts';
import type { SagaEventView, SagaView } from '../model/saga-view.ts';
import { resourceNames } from '../model/names.ts';
import type { ResourceView } from '../model/view.ts';
import type { ServiceView } from '../view/service-view.ts';

interface Event {
  type: string;
  version: number;
  topic: string;
  aggregate: string;
  payload: JsonSchema;
}

/**
 * Returns the AsyncAPI document of a new service, equal to the output of its `contracts` script: the service has it before
 * anything is installed, so the next service can consume its events.
 */
export async function asyncApi(view: ServiceView, templates: string): Promise<JsonSchema> {
  const headers = await readFile(path.join(templates, 'cloud-event-headers.json'), 'utf8');
  const published = [
    ...view.resources.flatMap(eventsOf),
    ...view.sagas.flatMap(sagaRequests),
    ...view.participants.flatMap(participantReplies),
  ];
  const projected = view.projections.flatMap(({ own }) =>
    own.map(({ type, version }) => `${type}.v${version}`),
  );
  const consumed = [
    ...consumedEvents(view),
    ...view.sagas.flatMap(sagaReplies),
    ...view.participants.flatMap(participantRequests),
    ...published.filter((event) => projected.includes(nameOf(event))),
  ];
  const all = sorted([...new Set([...published, ...consumed])]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: view.folder,
      version: '1.0.0',
      ...(view.description ? { description: view.description } : {}),
    },
    defaultContentType: 'application/json',
    channels: grouped(all, (topic, events) => [
      topic,
      {
        address: topic,
        messages: Object.fromEntries(events.map((event) => [nameOf(event), messageReference(event)])),
      },
    ]),
    operations: {
      ...operations('send', view.folder, sorted(published)),
      ...operations('receive', view.folder, sorted(consumed)),
    },
    components: {
      messages: Object.fromEntries(all.map((event) => [nameOf(event), message(event)])),
      schemas: all.length > 0 ? { CloudEventHeaders: JSON.parse(headers) as JsonSchema } : {},
    },
  };
}

const nameOf = ({ type, version }: Event) => `${type}.v${version}`;
const titleOf = ({ type, version }: Event) => {
  const words = type.split(/[^a-zA-Z0-9]+/).map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return `${words.join('')}${version === 1 ? '' : `V${version}`}`;
};
const messageReference = (event: Event) => ({ $ref: `#/components/messages/${nameOf(event)}` });
const sortKey = (event: Event) => `${event.topic} ${nameOf(event)}`;
const sorted = (events: Event[]) => events.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));

const grouped = (events: Event[], entry: (topic: string, events: Event[]) => [string, JsonSchema]) =>
  Object.fromEntries(
    [...new Set(events.map(({ topic }) => topic))].map((topic) =>
      entry(
        topic,
        events.filter((event) => event.topic === topic),
      ),
    ),
  );

function eventsOf({ kebab, shown, events }: ResourceView): Event[] {
  const id = schemaOfType('uuid');
  const payloads = { state: objectOf(stateProperties(shown)), id: objectOf({ id }) };
  const versions = events.flatMap((event) => event.versions);
  return versions.map(({ type, version, data, fields, isFrozenState }) => ({
    type,
    version,
    topic: `${kebab}.events`,
    aggregate: kebab,
    payload: isFrozenState
      ? objectOf(stateProperties(fields))
      : data === 'fields'
        ? fieldsPayload(id, fields)
        : payloads[data],
  }));
}

const stateProperties = (fields: Field[]): JsonSchema => ({
  id: schemaOfType('uuid'),
  ...Object.fromEntries(fields.map((field) => [field.name, stateOf(field)])),
  createdAt: schemaOfType('timestamp'),
  updatedAt: schemaOfType('timestamp'),
});

function fieldsPayload(id: JsonSchema, fields: Field[]): JsonSchema {
  const properties = Object.fromEntries(fields.map((field) => [field.name, stateOf(field)]));
  const required = fields.filter(({ optional }) => !optional).map(({ name }) => name);
  return objectOf({ id, ...properties }, ['id', ...required]);
}

const consumedEvents = ({ copies, received }: ServiceView): Event[] =>
  [...copies, ...received].flatMap(({ topic, aggregate, events }) =>
    events.map(({ type, version, shape }) => {
      const properties = shape.fields.map((field) => [field.name, orNull(field, tolerantSchema(field))]);
      const required = shape.fields.map(({ name }) => name).filter((name) => shape.required.includes(name));
      const payload = objectOf(
        { id: { type: 'string', minLength: 1 }, ...Object.fromEntries(properties) },
        required,
      );
      return { type, version, topic, aggregate: aggregate.kebab, payload };
    }),
  );

const ofSaga =
  (aggregate: string, payload: JsonSchema, topic = `${aggregate}.events`) =>
  ({ type }: SagaEventView): Event => ({ type, aggregate, payload, topic, version: 1 });

const nonEmpty: JsonSchema = { type: 'string', minLength: 1 };

const statesOf = (fields: Field[]) => Object.fromEntries(fields.map((field) => [field.name, stateOf(field)]));

const sagaRequests = ({ resource, steps, ends }: SagaView): Event[] => [
  ...steps.flatMap(({ requests, fields }) =>
    requests.map(ofSaga(resource, objectOf({ requestId: nonEmpty, ...statesOf(fields) }))),
  ),
  ...ends.map(ofSaga(resource, objectOf({ id: nonEmpty }))),
];

const sagaReplies = ({ steps, resource }: SagaView): Event[] =>
  steps.flatMap(({ kebab, replies }) =>
    replies.map(
      ofSaga(kebab, objectOf({ [`${resourceNames(resource).camel}Id`]: nonEmpty, requestId: nonEmpty })),
    ),
  );

const participantRequests = ({ requests, fields, of, topic }: ParticipantView): Event[] => {
  const tolerant = fields.map((field) => [field.name, orNull(field, tolerantSchema(field))]);
  const payload = objectOf({ requestId: nonEmpty, ...Object.fromEntries(tolerant) });
  return requests.map(ofSaga(of.kebab, payload, topic));
};

const participantReplies = ({
  kebab,
  replies: [done, ...others],
  fields,
  idField,
}: ParticipantView): Event[] => {
  const ids = { [idField]: nonEmpty, requestId: nonEmpty };
  return [
    ...[done]
      .filter((event) => event !== undefined)
      .map(ofSaga(kebab, objectOf({ ...ids, ...statesOf(fields) }))),
    ...others.map(ofSaga(kebab, objectOf(ids))),
  ];
};

const objectOf = (properties: JsonSchema, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required: required.toSorted() } : {}),
});

function orNull({ optional, type }: Field, schema: JsonSchema): JsonSchema {
  if (!optional || type === 'json') return schema;
  const values = schema['enum'];
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(values) && { enum: [...(values as unknown[]), null] }),
  };
}

/** Returns the schema of a field in the data of an event, as the runtime writes it. */
export const stateOf = (field: Field): JsonSchema =>
  field.type === 'json' && !field.optional
    ? { not: { type: 'null' } }
    : orNull(field, fieldCode(field).schema);

const operations = (action: 'send' | 'receive', service: string, events: Event[]) =>
  grouped(events, (topic, own) => [
    `${action}.${topic}`,
    {
      action,
      description: `The events of ${topic} that ${service} ${action === 'send' ? 'publishes' : 'handles'}.`,
      channel: { $ref: `#/channels/${topic}` },
      messages: own.map((event) => ({ $ref: `#/channels/${topic}/messages/${nameOf(event)}` })),
    },
  ]);

function message(event: Event): JsonSchema {
  return {
    name: nameOf(event),
    contentType: 'application/json',
    correlationId: { location: '$message.header#/ce_correlationid' },
    headers: {
      title: `${titleOf(event)}Headers`,
      type: 'object',
      allOf: [{ $ref: '#/components/schemas/CloudEventHeaders' }],
      properties: {
        ce_type: { const: event.type },
        ce_aggregatetype: { const: event.aggregate },
        ce_eventversion: { const: String(event.version) },
      },
    },
    payload: { title: titleOf(event), ...event.payload },
    bindings: { kafka: { key: { type: 'string', description: `The id of the ${event.aggregate}.` } } },
    'x-aggregate': event.aggregate,
    'x-version': event.version,
  };
}
