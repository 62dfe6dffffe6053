import path from 'node:path';
import type { Consumer } from './consumer.ts';
import type { Publisher } from './publisher.ts';
import { compiledPrograms, startProgram, type Program } from './program.ts';

export interface Services {
  publisher: Program<Publisher>;
  consumer: Program<Consumer>;
}

/**
 * Starts two services as processes, each with its own migrated database; both have joined Kafka.
 * @param programs the folder of the compiled programs; default: those of this checkout
 */
export async function startServices(
  url: (database: string) => string,
  bootstrapServers: string,
  topic: string,
  programs = compiledPrograms,
): Promise<Services> {
  const start = <Api extends Publisher | Consumer>(name: string): Program<Api> =>
    startProgram<Api>(path.join(programs, name), url(name), bootstrapServers, topic);
  const publisher = start<Publisher>('publisher');
  const consumer = start<Consumer>('consumer');
  await publisher.ask('createTables');
  await consumer.ask('createTables');
  await publisher.ask('start');
  await consumer.ask('start');
  return { publisher, consumer };
}

/** Milliseconds from the commit of each event to the commit of its handling, at `rate` transactions per second. */
export async function latencies(
  { publisher, consumer }: Services,
  rate: number,
  count: number,
): Promise<number[]> {
  await consumer.ask('expect', count);
  const committed = await publisher.ask('writeAtRate', rate, count);
  const handled = await consumer.ask('all');
  return handled.map((at, number) => at - (committed[number] ?? Number.NaN));
}

/** Events per second from the outbox to the end of their handling, while both services work on a backlog. */
export async function drain(services: Services, count: number, insert: boolean): Promise<number> {
  const { publisher, consumer } = services;
  await consumer.ask('insert', insert);
  await consumer.ask('expect', count);
  await publisher.ask('stop');
  await publisher.ask('fill', count);
  await publisher.ask('start');
  const handled = await consumer.ask('all');
  await consumer.ask('insert', true);
  return rateOf(handled);
}

/** Events per second of each half while the other half rests: outbox to Kafka, and Kafka to handler. */
export async function halves(
  { publisher, consumer }: Services,
  count: number,
): Promise<{ relay: number; consumer: number }> {
  await consumer.ask('stop');
  await consumer.ask('expect', count);
  await publisher.ask('stop');
  await publisher.ask('fill', count);
  const begun = await publisher.ask('now');
  await publisher.ask('start');
  const relay = (count / ((await publisher.ask('emptied')) - begun)) * 1_000;
  await consumer.ask('start');
  return { relay, consumer: rateOf(await consumer.ask('all')) };
}

/** Events per second after the first ones were handled. */
export function rateOf(handled: number[]): number {
  const first = Math.min(...handled);
  const after = handled.filter((at) => at > first);
  return (after.length / (Math.max(...after) - first)) * 1_000;
}
