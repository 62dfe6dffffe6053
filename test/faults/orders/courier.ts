import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type KafkaMessage, type Message } from 'kafkajs';
import { drawOf } from './services/behavior.ts';
import { topics } from './services/order-events.ts';

/** What happened to the answers on their way. */
export interface CourierFigures {
  delivered: number;
  doubled: number;
  reordered: number;
  late: number;
  missing: number;
}

/** Brings the answers of the participants to the order service, as an unreliable network of brokers and relays would. */
export interface Courier {
  figures: CourierFigures;
  stop(): Promise<void>;
}

/** A copy of an answer, and the milliseconds after which it is sent. */
interface Copy {
  message: Message;
  after: number;
}

/** The saga requests a lost answer again. The draw counts the repetitions, so that no answer is lost each time. */
export async function startCourier(bootstrapServers: string, seed: number): Promise<Courier> {
  const retry = { retries: 30, maxRetryTime: 5_000, restartOnFailure: async () => true };
  const kafka = new Kafka({
    brokers: bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    requestTimeout: 10_000,
    retry,
  });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const consumer = kafka.consumer({ groupId: 'courier', sessionTimeout: 10_000, maxWaitTimeInMs: 100 });
  const figures: CourierFigures = { delivered: 0, doubled: 0, reordered: 0, late: 0, missing: 0 };
  const repetitions = new Map<string, number>();
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);

  function copiesOf({ key, value, headers }: KafkaMessage): Copy[] {
    const message: Message = { key, value, ...(headers && { headers }) };
    const { requestId } = JSON.parse(String(value)) as { requestId: string };
    const answer = `${String(headers?.['ce_type'])} ${requestId}`;
    const repetition = (repetitions.get(answer) ?? 0) + 1;
    repetitions.set(answer, repetition);
    const fate = drawOf(seed, answer, repetition);
    const after = Math.floor(drawOf(seed, 'after', answer, repetition) * 1_000);
    if (fate < 0.05) {
      figures.missing += 1;
      return [];
    }
    if (fate < 0.1) {
      figures.late += 1;
      return [{ message, after: 5_000 + 15 * after }];
    }
    if (fate < 0.2) {
      figures.doubled += 1;
      // half of the copies are new events: the inbox cannot know them
      const copy = fate < 0.15 ? message : { ...message, headers: { ...headers, ce_id: randomUUID() } };
      return [
        { message, after: 0 },
        { message: copy, after },
      ];
    }
    if (fate < 0.4) {
      figures.reordered += 1;
      return [{ message, after }];
    }
    return [{ message, after: 0 }];
  }

  async function send(messages: Message[]): Promise<void> {
    if (messages.length === 0) return;
    await producer.send({ topic: topics.answersReceived, messages });
    figures.delivered += messages.length;
  }

  async function sendLater({ message, after }: Copy): Promise<void> {
    await pause(after, undefined, { signal: stopping.signal });
    await send([message]);
  }

  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: topics.answersSent, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      const copies = batch.messages.flatMap(copiesOf);
      for (const copy of copies) if (copy.after > 0) void sendLater(copy).catch(() => (figures.missing += 1));
      await send(copies.flatMap(({ message, after }) => (after > 0 ? [] : [message])));
    },
  });
  return {
    figures,
    async stop() {
      stopping.abort();
      await consumer.disconnect();
      await producer.disconnect();
    },
  };
}
