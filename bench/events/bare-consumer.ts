import kafkajs from 'kafkajs';
import { createArrivals } from './arrivals.ts';
import { serve } from './program.ts';

/** Only kafkajs: `bare-consumer <bootstrap servers> <topic>`. Handled messages are not stored. */
const [bootstrapServers = '', topic = ''] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({
  clientId: 'bare',
  brokers: [bootstrapServers],
  logLevel: kafkajs.logLevel.ERROR,
});
const consumer = kafka.consumer({ groupId: `bare-${topic}`, maxWaitTimeInMs: 250 });
const arrivals = createArrivals();

const api = {
  async start() {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const joined = new Promise<void>((resolve) => consumer.on('consumer.group_join', () => resolve()));
    await consumer.run({
      async eachMessage({ message }) {
        const { number }: { number: number } = JSON.parse(String(message.value));
        arrivals.arrived(number);
      },
    });
    await joined;
  },
  expect: (count: number) => arrivals.expect(count),
  all: () => arrivals.all(),
};

export type BareConsumer = typeof api;
serve(api);
