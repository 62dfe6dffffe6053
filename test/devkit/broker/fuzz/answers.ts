import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

type Decode = (bytes: Buffer) => Promise<unknown>;

const load = createRequire(import.meta.url);
const folder = path.join(path.dirname(load.resolve('kafkajs/package.json')), 'src', 'protocol', 'requests');
const { errorCodes }: { errorCodes: { code: number }[] } = load('kafkajs/src/protocol/error');
const apiKeys: Record<string, number> = load('kafkajs/src/protocol/requests/apiKeys');
const known = new Set([0, ...errorCodes.map(({ code }) => code)]);

const FETCH = 1;

/** Throws when `answer` is none to a request of this API and version, or names an error that Kafka does not have. */
export async function checkAnswer(apiKey: number, version: number, answer: Buffer): Promise<void> {
  // The batches in it may be as broken as they were sent; whether they are is the consumer's business.
  const decode = apiKey === FETCH ? undefined : decoderOf(apiKey, version);
  const decoded = await decode?.(answer);
  for (const code of codesIn(decoded)) {
    if (!known.has(code)) throw new Error(`error code ${code}, which Kafka does not have`);
  }
}

const decoders = new Map<string, Decode | undefined>();

/** KafkaJS's own; undefined for what it does not speak. */
function decoderOf(apiKey: number, version: number): Decode | undefined {
  const key = `${apiKey} ${version}`;
  if (!decoders.has(key)) decoders.set(key, findDecoder(apiKey, version));
  return decoders.get(key);
}

function findDecoder(apiKey: number, version: number): Decode | undefined {
  const name = Object.keys(apiKeys).find((each) => apiKeys[each] === apiKey);
  const directory =
    name === 'GroupCoordinator' ? 'findCoordinator' : `${name?.[0]?.toLowerCase()}${name?.slice(1)}`;
  if (!name || !readdirSync(folder).includes(directory)) return undefined;
  if (!readdirSync(path.join(folder, directory)).includes(`v${version}`)) return undefined;
  return load(path.join(folder, directory, `v${version}`, 'response.js')).decode;
}

function* codesIn(value: unknown): Generator<number> {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (/errorCode$/i.test(name) && typeof inner === 'number') yield inner;
    else yield* codesIn(inner);
  }
}
