import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import type { Writer } from '../protocol/bytes/writer.ts';
import type { Topic, Topics } from '../storage/topics.ts';

/** Stands for an id where there is none. */
export const NO_TOPIC_ID = Buffer.alloc(16).toString('base64url');

/** A topic as a request means it: by its name or, in newer versions, by its id (KIP-516). */
export interface TopicReference {
  /** Empty where it is meant by an id that no topic has. */
  name: string;
  /** Undefined where it is meant by its name. */
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

/** The topic as it is now; another one of the same name is not the one whose id was read. */
export function findTopic(topics: Topics, { name, id }: TopicReference): Topic | undefined {
  return id === undefined ? topics.get(name) : topics.byId(id);
}

/** What is said where the topic, or one of its partitions, is not there. */
export function missingTopic(topics: Topics, { id }: TopicReference): ErrorCode {
  const isUnknownId = id !== undefined && !topics.byId(id);
  return isUnknownId ? errorCodes.unknownTopicId : errorCodes.unknownTopicOrPartition;
}
