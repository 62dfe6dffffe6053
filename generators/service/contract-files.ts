import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sibling } from '../place.ts';
import { oneLine, seen } from '../outside/seen.ts';
import { UsageError } from '../usage-error.ts';
import type { ConsumedEvent } from './answers.ts';
import { eventIn, titleIn, topicIn } from './contract-rules.ts';
import { fieldsOfSchema } from './schema-fields.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objects = (value: unknown): [string, Json][] =>
  isObject(value) ? Object.entries(value).filter((entry): entry is [string, Json] => isObject(entry[1])) : [];
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** What the siblings publish, by their committed `asyncapi.json`, and what the named contract files say is published. */
export async function findEvents(siblings: Sibling[], contractFiles: string[]): Promise<ConsumedEvent[]> {
  const committed = siblings.map(({ folder }) => readContract(path.join(folder, 'asyncapi.json'), false));
  const named = contractFiles.map((file) => readContract(file, true));
  return (await Promise.all([...committed, ...named])).flat();
}

async function readContract(file: string, mustExist: boolean): Promise<ConsumedEvent[]> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !mustExist) return undefined;
    throw new UsageError(
      `cannot read the contract ${file}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`,
    );
  });
  return content === undefined ? [] : publishedEvents(parse(content, file), file);
}

function parse(content: string, file: string): Json {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch (error) {
    throw new UsageError(`the contract ${file} is not JSON: ${oneLine((error as Error).message)}`);
  }
  const version = isObject(document) ? document['asyncapi'] : undefined;
  if (isObject(document) && typeof version === 'string' && version.startsWith('3.')) return document;
  throw new UsageError(`the contract ${file} is not an AsyncAPI 3 document: asyncapi is ${seen(version)}`);
}

/** The events that a service sends, by its AsyncAPI 3 document. Throws a UsageError for a value that breaks its rule. */
export function publishedEvents(document: Json, file: string): ConsumedEvent[] {
  const from = titleIn(document['info'], file);
  const sending = objects(document['operations']).filter(([, { action }]) => action === 'send');
  const events = sending.flatMap(([, operation]) => {
    const channel = follow(document, operation['channel'], file);
    const listed = Array.isArray(operation['messages'])
      ? operation['messages'].map((message): [string, unknown] => [keyOf(message), message])
      : Object.entries((channel['messages'] ?? {}) as Json);
    const topic = topicIn(channel, keyOf(operation['channel']), file);
    return listed.map(([key, message]) =>
      toEvent(document, key, follow(document, message, file), { from, topic, file }),
    );
  });
  return [...new Map(events.map((event) => [`${event.type}.v${event.version}`, event])).values()];
}

function toEvent(
  document: Json,
  key: string,
  message: Json,
  { from, topic, file }: { from: string; topic: string; file: string },
): ConsumedEvent {
  const event = eventIn(message, key, file);
  const payload = follow(document, message['payload'], file);
  const schema = inline(document, isObject(payload['schema']) ? payload['schema'] : payload, file) as Json;
  return { ...event, topic, from, schema, fields: fieldsOfSchema(schema) };
}

const keyOf = (reference: unknown) => {
  const pointer = isObject(reference) ? text(reference['$ref']) : undefined;
  return unescape(pointer?.split('/').at(-1) ?? '');
};

/** RFC 6901, section 3, in a URI fragment. */
const unescape = (part: string) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');

/** `value`, or what its `$ref` points to in the same document. */
function follow(document: Json, value: unknown, file: string): Json {
  if (!isObject(value)) return {};
  const pointer = text(value['$ref']);
  if (pointer === undefined) return value;
  if (!pointer.startsWith('#/')) {
    throw new UsageError(
      `the contract ${file} refers to another file (${pointer}): bundle it into one first`,
    );
  }
  let target: unknown = document;
  for (const part of pointer.slice(2).split('/'))
    target = isObject(target) ? target[unescape(part)] : undefined;
  if (!isObject(target))
    throw new UsageError(`the contract ${file} refers to ${pointer}, which it does not have`);
  return follow(document, target, file);
}

/** A schema with every local `$ref` replaced by what it points to; a schema that holds itself stays open there. */
function inline(document: Json, value: unknown, file: string, inside: unknown[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => inline(document, item, file, inside));
  if (!isObject(value)) return value;
  const target = follow(document, value, file);
  if (inside.includes(target)) return {};
  const within = [...inside, target];
  return Object.fromEntries(
    Object.entries(target).map(([key, item]) => [key, inline(document, item, file, within)]),
  );
}
