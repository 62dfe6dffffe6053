import type { KafkaDriver } from './driver.ts';
import type { GroupMember, MemberEvents, MemberOptions } from './member.ts';
import type { TopicPartition } from '../event/message.ts';

/**
 * Wraps a driver for one of several environments, or tenants, of a Kafka cluster: topics and consumer groups have the prefix
 * in Kafka, but not here. So the database, metrics and contracts contain names without it. Errors and logs of the client
 * library use Kafka's names.
 */
export function withPrefix(driver: KafkaDriver, prefix: string): KafkaDriver {
  if (prefix === '') return driver;
  const names = namesWith(prefix);
  return {
    ...driver,
    ensureTopics: (topics, signal) => driver.ensureTopics(topics.map(names.add), signal),
    createSender() {
      const sender = driver.createSender();
      return {
        ...sender,
        send: (messages) =>
          sender.send(messages.map((message) => ({ ...message, topic: names.add(message.topic) }))),
      };
    },
    topicOffsets: (topic) => driver.topicOffsets(names.add(topic)),
    async listTopics() {
      const topics = await driver.listTopics();
      return topics.filter((topic) => topic.startsWith(prefix)).map(names.remove);
    },
    offsetsAt: (topic, time) => driver.offsetsAt(names.add(topic), time),
    async committedOffsets(groupId, topics) {
      const committed = await driver.committedOffsets(names.add(groupId), topics.map(names.add));
      return committed.map(names.inside);
    },
    topicRetention: (topic) => driver.topicRetention(names.add(topic)),
    createMember: (options, events) => createPrefixedMember(driver, names, options, events),
  };
}

/** https://kafka.apache.org/documentation/#brokerconfigs, org.apache.kafka.common.internals.Topic. */
const LONGEST_NAME = 249;

/** Throws if a topic is too long with the prefix. */
export function checkTopicLengths(topics: readonly string[], prefix = ''): void {
  for (const name of topics.map((topic) => prefix + topic)) {
    if (name.length <= LONGEST_NAME) continue;
    throw new Error(
      `topic ${name} has ${name.length} characters, and Kafka accepts at most ${LONGEST_NAME}; choose a shorter KAFKA_TOPIC_PREFIX`,
    );
  }
}

interface Names {
  add(this: void, name: string): string;
  remove(this: void, name: string): string;
  outside<T extends { topic: string }>(this: void, at: T): T;
  inside<T extends { topic: string }>(this: void, at: T): T;
}

function namesWith(prefix: string): Names {
  const add = (name: string): string => prefix + name;
  const remove = (name: string): string => name.slice(prefix.length);
  return {
    add,
    remove,
    outside: (at) => ({ ...at, topic: add(at.topic) }),
    inside: (at) => ({ ...at, topic: remove(at.topic) }),
  };
}

function createPrefixedMember(
  driver: KafkaDriver,
  { add, remove, outside, inside }: Names,
  options: MemberOptions,
  events: MemberEvents,
): GroupMember {
  const member = driver.createMember(
    { ...options, groupId: add(options.groupId), topics: options.topics.map(add) },
    {
      ...events,
      assigned: (partitions) => events.assigned(partitions.map(inside)),
      fetched: (batch) => events.fetched({ ...inside(batch), messages: batch.messages.map(inside) }),
    },
  );
  return {
    ...member,
    fetchFrom: (at, offset) => member.fetchFrom(outside(at), offset),
    pause: (at) => member.pause(outside(at)),
    resume: (at) => member.resume(outside(at)),
    commit: (positions) => member.commit(positions.map(outside)),
    async topicIds(topics) {
      const ids = await member.topicIds(topics.map(add));
      return new Map([...ids].map(([topic, id]) => [remove(topic), id]));
    },
    owned: (): TopicPartition[] => member.owned().map(inside),
  };
}
