import { STATUS_CODES } from 'node:http';
import type joi from 'joi';
import { forClients } from './client-schema.ts';
import { conditionParameters, conditionStatuses, taggedAnswers } from './condition-docs.ts';
import { eventAnswers, waitParameters, waitStatuses } from './event-docs.ts';
import { keyParameters, keyStatuses, replayedAnswers } from './idempotency-docs.ts';
import { accessStatuses, security } from './access-docs.ts';
import { limitedAnswers, rateLimitStatuses } from './rate-limit-docs.ts';
import { createComponents, type Components } from './components.ts';
import { toJsonSchema, type JsonSchema } from '../../schemas/json-schema.ts';
import { acceptHeader, type Method, type Operation } from '../requests/route.ts';

export interface ApiInfo {
  title: string;
  version: string;
  description?: string;
  license?: { name: string; identifier?: string; url?: string };
}

interface Options {
  info: ApiInfo;
  operations: readonly Operation[];
  /** The largest body in bytes, unless an operation has its own limit. */
  bodyLimit: number;
  /** Whether callers must authenticate; the document then requires a bearer token. */
  isProtected: boolean;
  /** Whether the routes may publish events; default: false. */
  hasBus?: boolean;
}

const problemSchema: JsonSchema = {
  type: 'object',
  description: 'A problem, as defined by RFC 9457',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status'],
};

/** Returns the OpenAPI 3.1 document of the operations, from the joi schemas that validate them. */
export function openApiDocument({
  info,
  operations,
  bodyLimit,
  isProtected,
  hasBus = false,
}: Options): object {
  const components = createComponents({ Problem: problemSchema });
  for (const operation of operations) successes(operation, components);
  const ids = new Set<string>();
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const path = (paths[templated(operation.path)] ??= {});
    path[operation.method] = operationObject(operation, { components, ids, bodyLimit, isProtected, hasBus });
  }
  const securitySchemes = isProtected ? { bearer: { type: 'http', scheme: 'bearer' } } : undefined;
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/' }],
    security: isProtected ? [{ bearer: [] }] : [],
    tags: tagObjects(operations),
    paths,
    components: { schemas: components.schemas, securitySchemes },
  };
}

function tagObjects(operations: readonly Operation[]): object[] {
  const paths = new Map(operations.toReversed().map(({ tag, path }) => [tag, templated(path)]));
  return [...paths].toReversed().map(([name, path]) => ({ name, description: `Operations on ${path}` }));
}

interface Surroundings {
  components: Components;
  ids: Set<string>;
  bodyLimit: number;
  isProtected: boolean;
  hasBus: boolean;
}

function operationObject(operation: Operation, surroundings: Surroundings): object {
  const { components, ids } = surroundings;
  const { summary, description, tag, body, mediaTypes = ['application/json'] } = operation;
  return {
    operationId: operationId(operation, ids),
    summary,
    description,
    tags: [tag],
    deprecated: operation.deprecated ? true : undefined,
    parameters: [
      ...pathParameters(operation),
      ...queryParameters(operation),
      ...conditionParameters(operation),
      ...keyParameters(operation),
      ...waitParameters(operation),
    ],
    requestBody: body && {
      required: true,
      content: contents(mediaTypes, components.of(body, 'input')),
    },
    security: surroundings.isProtected ? security(operation) : undefined,
    responses: limitedAnswers(operation, {
      ...eventAnswers(
        operation,
        replayedAnswers(operation, taggedAnswers(operation, successes(operation, components))),
        surroundings,
      ),
      ...problems(operation, surroundings),
    }),
  };
}

/** Converts `/v1/users/:id` to `/v1/users/{id}`. */
function templated(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

/** Ids are unique in a document: if two summaries give the same id, the later one uses its path. */
function operationId({ operationId: given, summary, method, path }: Operation, ids: Set<string>): string {
  const wanted = given ?? camelCaseId(summary);
  const id = ids.has(wanted) ? camelCaseId(`${method} ${path}`) : wanted;
  ids.add(id);
  return id;
}

/** Converts "Create a user" to `createUser`. */
function camelCaseId(summary: string): string {
  const words = summary.split(/\W+/).filter((word) => word !== '' && !/^(a|an|the)$/i.test(word));
  const [first = '', ...others] = words.map((word) => word.toLowerCase());
  return first + others.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

function pathParameters({ path, params }: Operation): object[] {
  const known = params ? (toJsonSchema(params, 'input').properties ?? {}) : {};
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  return names.map((name) =>
    parameter('path', name, { schema: known[name] ?? { type: 'string' }, required: true }),
  );
}

function queryParameters({ query }: Operation): object[] {
  const { properties = {}, required = [] } = query ? toJsonSchema(query, 'input') : {};
  return Object.entries(properties).map(([name, schema]) =>
    parameter('query', name, { schema, required: required.includes(name) }),
  );
}

function parameter(
  place: string,
  name: string,
  { schema, required }: { schema: JsonSchema; required: boolean },
): object {
  const { description, ...rest } = forClients(schema);
  return { name, in: place, required, description, schema: rest };
}

function successes({ responses }: Operation, components: Components): Record<string, object> {
  const entries = Object.entries(responses).map(([status, schema]) => [
    status,
    success(status, schema, components),
  ]);
  const answers: Record<string, object> = Object.fromEntries(entries);
  return answers;
}

function success(status: string, schema: joi.Schema | null, components: Components): object {
  const description = STATUS_CODES[status] ?? 'Success';
  return schema
    ? { description, content: content('application/json', components.of(schema, 'output')) }
    : { description };
}

function problems(operation: Operation, surroundings: Surroundings): Record<string, object> {
  const { method, params, query, body, bodyLimit, errors = [] } = operation;
  const statuses = new Set([
    ...errors,
    ...conditionStatuses(operation),
    ...keyStatuses(operation),
    ...waitStatuses(operation),
    ...rateLimitStatuses(operation),
  ]);
  if (params ?? query ?? body) statuses.add(400);
  if (body) [413, 415].forEach((status) => statuses.add(status));
  if (surroundings.isProtected) accessStatuses(operation).forEach((status) => statuses.add(status));
  const limit = bodyLimit ?? surroundings.bodyLimit;
  const descriptions: Record<number, string> = {
    429: 'The caller has sent too many requests',
    413: `The body is larger than ${typeof limit === 'number' ? `${limit} bytes` : limit}`,
  };
  const named = [...statuses].map((status) => [
    status,
    problemResponse(descriptions[status] ?? STATUS_CODES[status] ?? 'Problem'),
  ]);
  const answers: Record<string, object> = Object.fromEntries(named);
  if (body) answers['415'] = { ...answers['415'], headers: acceptHeaders(method) };
  return { ...answers, default: problemResponse('Any other problem') };
}

function problemResponse(description: string): object {
  return {
    description,
    content: content('application/problem+json', { $ref: '#/components/schemas/Problem' }),
  };
}

function acceptHeaders(method: Method): object {
  const description = 'The media types that are accepted';
  return { [acceptHeader(method)]: { description, schema: { type: 'string' } } };
}

function contents(mediaTypes: readonly string[], schema: JsonSchema): object {
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
}

function content(mediaType: string, schema: JsonSchema): object {
  return contents([mediaType], schema);
}
