import type { KafkaJSProtocolError } from 'kafkajs';

/**
 * What Kafka holds against a request that it answered: `size`, a batch of one partition is too large, be it one message or
 * their sum; `record`, a message breaks a rule; `forbidden`, this client may not use the topic or its name; `other`, anything
 * else that a new try does not cure by itself.
 */
export type Refusal = 'size' | 'record' | 'forbidden' | 'other';

/** Kafka did not take messages. */
export class SendError extends Error {
  override name = 'SendError';
  /** Why Kafka, which answered, does not want these messages; undefined where it may want them the next time. */
  readonly refused: Refusal | undefined;
  /** So many of the first messages were acknowledged. */
  readonly acknowledged: number;

  constructor(cause: unknown, acknowledged = 0) {
    super(`sending to Kafka failed: ${reasonOf(cause)}`, { cause });
    this.refused = refusalOf(cause);
    this.acknowledged = acknowledged;
  }
}

/** A topic is not there and could not be created; the message says what to do. */
export class TopicError extends Error {
  override name = 'TopicError';
  /** Why Kafka, which answered, does not want this topic; undefined where a new try may cure it. */
  readonly refused: Refusal | undefined;

  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.refused = refusalOf(cause);
  }
}

/** https://kafka.apache.org/protocol#protocol_error_codes */
const refusals = new Map<unknown, Refusal>([
  [10, 'size'], // MESSAGE_TOO_LARGE
  [18, 'size'], // RECORD_LIST_TOO_LARGE
  [44, 'record'], // POLICY_VIOLATION
  [87, 'record'], // INVALID_RECORD
  [17, 'forbidden'], // INVALID_TOPIC_EXCEPTION
  [29, 'forbidden'], // TOPIC_AUTHORIZATION_FAILED
  [31, 'forbidden'], // CLUSTER_AUTHORIZATION_FAILED
]);

/** KafkaJS marks what the protocol calls retriable. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(refusalOf).find(Boolean);
  if (!isProtocolError(error)) return refusalOf(error.cause);
  if (error.retriable) return undefined;
  return refusals.get(error.code) ?? 'other';
}

/** By its name: KafkaJS is CommonJS, and Node sees no named export of it that comes from a spread. */
function isProtocolError(error: Error): error is KafkaJSProtocolError {
  return error.name === 'KafkaJSProtocolError' || error.name === 'KafkaJSCreateTopicError';
}

export function typeOf(error: unknown): string | undefined {
  return error instanceof Error && isProtocolError(error) ? error.type : undefined;
}

/** The innermost reason: KafkaJS wraps errors in ones that say "retries exceeded" or "Topic creation errors". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return reasonOf(error.errors[0]);
  if (error.cause instanceof Error && error.cause !== error) return reasonOf(error.cause);
  return error.message;
}
