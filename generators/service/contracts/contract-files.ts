import path from 'node:path';
import { readBounded } from '../../core/bounded-file.ts';
import type { Sibling } from '../../output/place.ts';
import { oneLine, seen } from '../../outside/seen.ts';
import { UsageError } from '../../core/usage-error.ts';
import type { ConsumedEvent } from '../model/answers.ts';
import { eventIn, titleIn, topicIn } from './contract-rules.ts';
import { isObject, referencesOf, type References } from './contract-references.ts';
import { schemaExpansion } from './schema-expansion.ts';
import { fieldsOfSchema } from './schema-fields.ts';

type Json = Record<string, unknown>;

/** The size limit of a contract, in bytes. */
const MAX_FILE = 4 * 2 ** 20;
/** The size limit of all contracts of a run, in bytes. */
const MAX_FILES = 32 * 2 ** 20;

const objects = (value: unknown): [string, Json][] =>
  isObject(value) ? Object.entries(value).filter((entry): entry is [string, Json] => isObject(entry[1])) : [];

/** Returns the events of the siblings, from their committed `asyncapi.json`, and of the named contract files. */
export async function findEvents(siblings: Sibling[], contractFiles: string[]): Promise<ConsumedEvent[]> {
  const committed = siblings.map(({ folder }) => ({
    file: path.join(folder, 'asyncapi.json'),
    mustExist: false,
  }));
  const named = contractFiles.map((file) => ({ file, mustExist: true }));
  const events: ConsumedEvent[] = [];
  let bytes = 0;
  for (const { file, mustExist } of [...committed, ...named]) {
    const content = await readContract(file, mustExist);
    if (content === undefined) continue;
    bytes += Buffer.byteLength(content);
    if (bytes > MAX_FILES)
      throw new UsageError(
        `cannot read the contract ${file}: the contracts have more than ${MAX_FILES} bytes in all`,
      );
    events.push(...publishedEvents(parse(content, file), file));
  }
  return events;
}

const readContract = (file: string, mustExist: boolean): Promise<string | undefined> =>
  readBounded(file, MAX_FILE).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !mustExist) return undefined;
    throw new UsageError(
      `cannot read the contract ${file}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`,
    );
  });

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

/** Reads one contract. */
interface Reader extends References {
  expand: ReturnType<typeof schemaExpansion>;
}

/** Returns the events that a service sends, from its AsyncAPI 3 document. Throws a UsageError for an invalid value. */
export function publishedEvents(document: Json, file: string): ConsumedEvent[] {
  const from = titleIn(document['info'], file);
  const references = referencesOf(document, file);
  const reader: Reader = { ...references, expand: schemaExpansion(references) };
  const { follow, nameOf } = reader;
  const sending = objects(document['operations']).filter(([, { action }]) => action === 'send');
  const events = sending.flatMap(([, operation]) => {
    const channel = follow(operation['channel']);
    const listed = Array.isArray(operation['messages'])
      ? operation['messages'].map((message): [string, unknown] => [nameOf(message), message])
      : Object.entries(follow(channel['messages']));
    const topic = topicIn(channel, nameOf(operation['channel']), file);
    return listed.map(([key, message]) => toEvent(reader, key, follow(message), { from, topic, file }));
  });
  return [...new Map(events.map((event) => [`${event.type}.v${event.version}`, event])).values()];
}

function toEvent(
  { follow, expand }: Reader,
  key: string,
  message: Json,
  { from, topic, file }: { from: string; topic: string; file: string },
): ConsumedEvent {
  const { type, version, aggregate } = eventIn(message, key, file);
  const payload = follow(message['payload']);
  const schema = expand(isObject(payload['schema']) ? payload['schema'] : message['payload']);
  return { type, version, topic, aggregate, from, schema, fields: fieldsOfSchema(schema) };
}
