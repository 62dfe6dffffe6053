import { once } from 'node:events';
import { Kafka, logLevel, Partitioners, type Admin, type KafkaMessage, type Producer } from 'kafkajs';

/** Plain KafkaJS, to act independently of the bus. */
const client = (bootstrapServers: string) =>
  new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });

export async function withProducer<T>(
  bootstrapServers: string,
  work: (producer: Producer) => Promise<T>,
): Promise<T> {
  const producer = client(bootstrapServers).producer({
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    return await work(producer);
  } finally {
    await producer.disconnect();
  }
}

export async function withAdmin<T>(bootstrapServers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = client(bootstrapServers).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Sends every message of a topic again: the same events at new offsets, like a relay that died before its delete. */
export async function copyMessages(bootstrapServers: string, topic: string): Promise<number> {
  const messages = await readMessages(bootstrapServers, topic);
  await withProducer(bootstrapServers, (producer) =>
    producer.send({ topic, messages: messages.map(({ key, value, headers }) => ({ key, value, headers })) }),
  );
  return messages.length;
}

/** Every message of a topic, in order within a partition. */
export async function readMessages(bootstrapServers: string, topic: string): Promise<KafkaMessage[]> {
  const wanted = await countMessages(bootstrapServers, topic);
  const groupId = `reader-${Date.now()}`;
  const consumer = client(bootstrapServers).consumer({ groupId, maxWaitTimeInMs: 100 });
  const messages: KafkaMessage[] = [];
  const ended = new AbortController();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const all = once(ended.signal, 'abort');
  await consumer.run({
    eachMessage: async ({ message }) => {
      messages.push(message);
      if (messages.length >= wanted) ended.abort();
    },
  });
  if (wanted > 0) await all;
  await consumer.disconnect();
  return messages;
}

export async function countMessages(bootstrapServers: string, topic: string): Promise<number> {
  const offsets = await withAdmin(bootstrapServers, (admin) => admin.fetchTopicOffsets(topic));
  return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}

/** A group member that knows only KafkaJS's own assigner, and handles no events. */
export async function joinGroup(
  bootstrapServers: string,
  groupId: string,
  topic: string,
): Promise<{ places: () => string[]; leave: () => Promise<void> }> {
  const consumer = client(bootstrapServers).consumer({
    groupId,
    maxWaitTimeInMs: 100,
    heartbeatInterval: 500,
  });
  let places: string[] = [];
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    places = (memberAssignment[topic] ?? []).map((partition) => `${topic}/${partition}`);
  });
  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  return { places: () => places, leave: () => consumer.disconnect() };
}
