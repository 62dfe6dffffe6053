import { isDeeperThan } from '../../core/bounded-file.ts';
import type { ClientExample } from '../model/answers.ts';
import { follow, isOpenApiObject, type OpenApiObject } from './openapi-document.ts';
import { jsonContent, listOf, type FoundOperation } from './operations.ts';

/** A schema whose values cannot be told from its keywords. */
class UnknownError extends Error {}

const MOST_CHARACTERS = 1_000;

/** Returns the call of one operation for the generated test, a GET if possible; undefined if the document states no values for any. */
export function exampleOf(
  document: OpenApiObject,
  operations: readonly FoundOperation[],
): ClientExample | undefined {
  const gets = operations.filter(({ method }) => method === 'get');
  const others = operations.filter(({ method }) => method !== 'get' && method !== 'head');
  for (const found of [...gets, ...others]) {
    const example = tryExample(document, found);
    if (example) return example;
  }
  return undefined;
}

function tryExample(document: OpenApiObject, found: FoundOperation): ClientExample | undefined {
  if (!/^(?:\/(?:[\w.-]+|\{\w+\}))+$/.test(found.path)) return undefined; // no route of the fake
  try {
    const example = { operation: found.name, input: inputOf(document, found), ...answerOf(document, found) };
    const isSmall = JSON.stringify(example).length <= MOST_CHARACTERS && !isDeeperThan(example, 12);
    return isSmall ? example : undefined;
  } catch (error) {
    if (error instanceof UnknownError) return undefined;
    throw error;
  }
}

function inputOf(document: OpenApiObject, { operation, parameters, path }: FoundOperation): OpenApiObject {
  const input: Record<string, OpenApiObject> = {};
  for (const { name, in: place, required, schema } of parameters) {
    if (required !== true || place === 'cookie') continue;
    if (typeof place !== 'string' || !['path', 'query', 'header'].includes(place)) throw new UnknownError();
    input[place] = { ...input[place], [nameIn(name)]: scalarOf(document, schema) };
  }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (inPath.some((name) => input['path']?.[name] === undefined)) throw new UnknownError();
  const body = follow(document, operation['requestBody']);
  if (!isOpenApiObject(body) || body['required'] !== true) return input;
  const media = jsonContent(document, body);
  if (!isOpenApiObject(media)) throw new UnknownError();
  return { ...input, body: sampleOf(document, media['schema']) };
}

function scalarOf(document: OpenApiObject, schema: unknown): unknown {
  const value = sampleOf(document, schema);
  if (!['string', 'number', 'boolean'].includes(typeof value)) throw new UnknownError();
  return value;
}

function answerOf(
  document: OpenApiObject,
  { operation }: FoundOperation,
): Pick<ClientExample, 'status' | 'answer'> {
  const responses = isOpenApiObject(operation['responses']) ? Object.entries(operation['responses']) : [];
  const success = responses.filter(([status]) => /^2\d\d$/.test(status));
  const [first] = success;
  if (!first) throw new UnknownError();
  const media = jsonContent(document, follow(document, first[1]));
  if (media === 'other') throw new UnknownError();
  const status = Number(first[0]);
  return media ? { status, answer: sampleOf(document, media['schema']) } : { status };
}

/** Returns a value of the schema with the required properties. */
function sampleOf(document: OpenApiObject, given: unknown, depth = 0): unknown {
  const schema = follow(document, given);
  if (!isOpenApiObject(schema) || depth > 6) throw new UnknownError();
  const allowed = [...('const' in schema ? [schema['const']] : []), ...listOf(schema['enum'])];
  const [first] = allowed.filter((value) => ['string', 'number', 'boolean'].includes(typeof value));
  if (first !== undefined) return first;
  if (allowed.length > 0) throw new UnknownError();
  if (schema['allOf'] !== undefined)
    return mergedSample(document, [schema, ...listOf(schema['allOf'])], depth);
  const [choice] = [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])];
  if (choice !== undefined) return sampleOf(document, choice, depth + 1);
  const type = [schema['type']].flat().find((each) => each !== 'null');
  if (type === 'object' || (type === undefined && isOpenApiObject(schema['properties'])))
    return objectSample(document, schema, depth);
  if (type === 'array') return [];
  if (type === 'string') return textSample(schema);
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number')
    return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
  throw new UnknownError();
}

function mergedSample(document: OpenApiObject, [own, ...parts]: unknown[], depth: number): OpenApiObject {
  const samples = parts.map((part) => sampleOf(document, part, depth + 1));
  if (!isOpenApiObject(own) || !samples.every(isOpenApiObject)) throw new UnknownError();
  return Object.assign({}, ...samples, objectSample(document, own, depth)) as OpenApiObject;
}

function objectSample(document: OpenApiObject, schema: OpenApiObject, depth: number): OpenApiObject {
  const { properties, required } = schema;
  const names = listOf(required).map(nameIn);
  const all = isOpenApiObject(properties) ? properties : {};
  return Object.fromEntries(
    names.map((name) => [
      name,
      sampleOf(document, Object.hasOwn(all, name) ? all[name] : undefined, depth + 1),
    ]),
  );
}

function nameIn(name: unknown): string {
  if (typeof name === 'string' && /^(?!__proto__$)[A-Za-z_][\w-]{0,59}$/.test(name)) return name;
  throw new UnknownError();
}

const formats: Record<string, string> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  uuid: '0b5e6f0e-8f0c-4c8e-9d39-6e0d1f5a4c11',
  email: 'ada@example.com',
  uri: 'https://example.com',
};

const textSample = ({ format }: OpenApiObject): string =>
  (typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined) ?? 'text';
