import type { KafkaJSProtocolError } from 'kafkajs';

/**
 * The reason for which Kafka refused a request: `size`, the batch of one partition is too large, whether one message or their
 * sum; `record`, a message violates a rule; `forbidden`, this client may not use the topic or its name; `other`, any other
 * reason that a retry alone does not resolve.
 */
export type Refusal = 'size' | 'record' | 'forbidden' | 'other';

/** Kafka did not accept messages. */
export class SendError extends Error {
  override name = 'SendError';
  /** The reason for which Kafka refused these messages; undefined if a retry may succeed. */
  readonly refused: Refusal | undefined;
  /** The number of leading messages that were acknowledged. */
  readonly acknowledged: number;

  constructor(cause: unknown, acknowledged = 0) {
    super(`sending to Kafka failed: ${reasonOf(cause)}`, { cause });
    this.refused = refusalOf(cause);
    this.acknowledged = acknowledged;
  }
}

/** A topic does not exist and could not be created; the message names the remedy. */
export class TopicError extends Error {
  override name = 'TopicError';
  /** The reason for which Kafka refused this topic; undefined if a retry may succeed. */
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

/** KafkaJS marks errors that the protocol calls retriable. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(refusalOf).find(Boolean);
  if (!isProtocolError(error)) return refusalOf(error.cause);
  if (error.retriable) return undefined;
  return refusals.get(error.code) ?? 'other';
}

/** By its name: KafkaJS is CommonJS, and Node does not see its named exports that come from a spread. */
function isProtocolError(error: Error): error is KafkaJSProtocolError {
  return error.name === 'KafkaJSProtocolError' || error.name === 'KafkaJSCreateTopicError';
}

/** KafkaJS's types omit KafkaJSCreateTopicError. */
type RefusedTopic = KafkaJSProtocolError & { topic: string };

/**
 * The error of each topic that Kafka refused to create, without those that already exist; undefined if the request failed as
 * a whole.
 */
export function refusedTopics(error: unknown): RefusedTopic[] | undefined {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return undefined;
  return error.errors.filter(({ type }: RefusedTopic) => type !== 'TOPIC_ALREADY_EXISTS');
}

export function typeOf(error: unknown): string | undefined {
  return error instanceof Error && isProtocolError(error) ? error.type : undefined;
}

/** Returns the innermost reason: KafkaJS wraps errors in ones like "retries exceeded" or "Topic creation errors". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return reasonOf(error.errors[0]);
  if (error.cause instanceof Error && error.cause !== error) return reasonOf(error.cause);
  return error.message;
}
