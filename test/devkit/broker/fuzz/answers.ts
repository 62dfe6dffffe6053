import { createRequire } from 'node:module';
import { decodeMessage } from '../schema/decode.ts';
import { includes, messages } from '../schema/message.ts';

const load = createRequire(import.meta.url);
const { errorCodes }: { errorCodes: { code: number }[] } = load('kafkajs/src/protocol/error');

/** Newer than KafkaJS. */
const UNKNOWN_TOPIC_ID = 100;
const known = new Set([0, UNKNOWN_TOPIC_ID, ...errorCodes.map(({ code }) => code)]);

const API_VERSIONS = 18;
const byKey = new Map([...messages.values()].map((message) => [message.key, message]));

/** Throws when `answer` is not an answer to a request of this API and version, or has an error code unknown to Kafka. */
export function checkAnswer(apiKey: number, version: number, answer: Buffer): void {
  const message = byKey.get(apiKey);
  if (!message) throw new Error(`an answer to the API ${apiKey}, which the tables do not have`);
  // An unsupported version of ApiVersions is answered in version 0 (KIP-511).
  const isPlain = apiKey === API_VERSIONS && (version > 4 || !includes(message.versions, version));
  const decoded = decodeMessage(message.name, isPlain ? 0 : version, answer);
  for (const code of codesIn(decoded)) {
    if (!known.has(code)) throw new Error(`error code ${code}, which Kafka does not have`);
  }
}

function* codesIn(value: unknown): Generator<number> {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (/errorCode$/i.test(name) && typeof inner === 'number') yield inner;
    else yield* codesIn(inner);
  }
}
