import type { BareConsumer } from './bare-consumer.ts';
import type { BareProducer } from './bare-producer.ts';
import { partitions } from './note.ts';
import { startProgram, type Program } from './program.ts';
import { rateOf } from './services.ts';

export interface Bare {
  producer: Program<BareProducer>;
  consumer: Program<BareConsumer>;
}

/** Starts a kafkajs producer and consumer as processes: `bare` without a database, `handwritten` with one. */
export async function startBare(
  kind: 'bare' | 'handwritten',
  bootstrapServers: string,
  topic: string,
  { producerUrl = '', consumerUrl = '' } = {},
): Promise<Bare> {
  const producer = startProgram<BareProducer>(`${kind}-producer`, bootstrapServers, topic, producerUrl);
  const consumer = startProgram<BareConsumer>(`${kind}-consumer`, bootstrapServers, topic, consumerUrl);
  await producer.ask('createTopic', partitions);
  await producer.ask('start');
  await consumer.ask('start');
  return { producer, consumer };
}

/** Returns the milliseconds from the send of each message to `eachMessage`. */
export async function bareLatencies(
  { producer, consumer }: Bare,
  rate: number,
  count: number,
): Promise<number[]> {
  await consumer.ask('expect', count);
  const begun = await producer.ask('writeAtRate', rate, count);
  const handled = await consumer.ask('all');
  return handled.map((at, number) => at - (begun[number] ?? Number.NaN));
}

/** Returns the messages per second after the first ones arrived, while the producer sends as fast as it can. */
export async function bareDrain({ producer, consumer }: Bare, count: number): Promise<number> {
  await consumer.ask('expect', count);
  await producer.ask('fill', count);
  return rateOf(await consumer.ask('all'));
}
