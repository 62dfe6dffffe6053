import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import type { Writer } from '../protocol/bytes/writer.ts';
import type { Topic, Topics } from '../storage/topics.ts';

/** The id that means "no id". */
export const NO_TOPIC_ID = Buffer.alloc(16).toString('base64url');

/** A topic in a request: by name or, in newer versions, by id (KIP-516). */
export interface TopicReference {
  /** Empty if the request names an unknown id. */
  name: string;
  /** Undefined if the request names the topic. */
  id: string | undefined;
}

export function readTopicReference(reader: Reader, topics: Topics, isById: boolean): TopicReference {
  if (!isById) return { name: reader.string(), id: undefined };
  const id = reader.uuid();
  return { name: topics.byId(id)?.name ?? '', id };
}

export function writeTopicReference(writer: Writer, { name, id }: TopicReference): Writer {
  return id === undefined ? writer.string(name) : writer.uuid(id);
}

/** Returns the topic. A new topic with the same name has another id and does not match. */
export function findTopic(topics: Topics, { name, id }: TopicReference): Topic | undefined {
  return id === undefined ? topics.get(name) : topics.byId(id);
}

/** The error for a topic or a partition that does not exist. */
export function missingTopic(topics: Topics, { id }: TopicReference): ErrorCode {
  const isUnknownId = id !== undefined && !topics.byId(id);
  return isUnknownId ? errorCodes.unknownTopicId : errorCodes.unknownTopicOrPartition;
}
