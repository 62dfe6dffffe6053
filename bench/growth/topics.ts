import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka } from '../../test/support/kafka.ts';
import { startProgram } from '../events/program.ts';
import { compileAgainst } from './support/checkout.ts';
import type { Figures } from './support/measurement.ts';
import { withPostgres } from './support/postgres.ts';
import type { TopicsService } from './support/topics-service.ts';

export const sentence = 'a service starts for the first time, and one that is stopped right after its start';

const sizes = [1, 50];
/** Of topics that no earlier start has created. */
const stoppedSize = 40;

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

export async function measure(checkout: string): Promise<Figures> {
  const programs = await compileAgainst(checkout, ['growth/support/topics-service']);
  const kafka = await startKafka();
  const admin = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING }).admin();
  const topic = `bench.topics-${Date.now()}`;
  try {
    await admin.connect();
    return await withPostgres(['growth'], async ({ url }) => {
      const program = path.join(programs, 'topics-service');
      const service = startProgram<TopicsService>(program, url('growth'), kafka.bootstrapServers, topic);
      const created = async (count: number): Promise<void> => {
        const isOwn = (name: string) => name.startsWith(`${topic}.${count}.`);
        while ((await admin.listTopics()).filter(isOwn).length < count) await sleep(10);
      };
      const figures: Figures = {};
      await service.ask('createTables');
      for (const size of sizes) {
        figures[`ms until ${size} topics exist`] = await elapsed(async () => {
          await service.ask('start', size);
          await created(size);
        });
        await service.ask('stop');
      }
      await service.ask('start', stoppedSize);
      figures[`ms to stop, right after a start with ${stoppedSize} new topics`] = await elapsed(() =>
        service.ask('stop'),
      );
      await service.end();
      return figures;
    });
  } finally {
    await admin.disconnect();
    await kafka.stop();
  }
}
