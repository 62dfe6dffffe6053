import kafkajs from 'kafkajs';
import { keyOf, text } from './note.ts';
import { atRate } from './pace.ts';
import { now, serve } from './program.ts';

/** Only kafkajs: `bare-producer <bootstrap servers> <topic>`. */
const [bootstrapServers = '', topic = ''] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({
  clientId: 'bare',
  brokers: [bootstrapServers],
  logLevel: kafkajs.logLevel.ERROR,
});
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const message = (number: number) => ({ key: keyOf(number), value: JSON.stringify({ number, text }) });

const api = {
  async createTopic(numPartitions: number) {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions }] });
    await admin.disconnect();
  },
  start: () => producer.connect(),
  /** One send per event, acknowledged by all replicas. Resolves to the time at which each was passed to kafkajs. */
  async writeAtRate(rate: number, count: number) {
    const begun: number[] = [];
    await atRate(rate, count, async (number) => {
      begun[number] = now();
      await producer.send({ topic, messages: [message(number)] });
    });
    return begun;
  },
  /** 500 events per send. */
  async fill(count: number) {
    for (let first = 0; first < count; first += 500) {
      const numbers = Array.from({ length: Math.min(500, count - first) }, (_, index) => first + index);
      await producer.send({ topic, messages: numbers.map(message) });
    }
  },
  now,
};

export type BareProducer = typeof api;
serve(api);
