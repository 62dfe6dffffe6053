import knex, { type Knex } from 'knex';
import { startKafka } from '../../../test/support/kafka.ts';
import { startServices, type Services } from '../../events/services.ts';
import { compileAgainst } from './checkout.ts';
import { withPostgres, type Server } from './postgres.ts';

/** A publishing and a consuming service of a checkout, and connections to their databases, which share one server. */
export interface World {
  services: Services;
  publisher: Knex;
  consumer: Knex;
  restartPostgres: Server['restart'];
}

/** Resolves to the result of `work` with two services on a new PostgreSQL and on Kafka. */
export async function withServices<T>(checkout: string, work: (world: World) => Promise<T>): Promise<T> {
  const programs = await compileAgainst(checkout, ['events/publisher', 'events/consumer']);
  const kafka = await startKafka();
  const topic = `bench.growth-${Date.now()}`;
  try {
    return await withPostgres(['publisher', 'consumer'], async ({ url, restart }) => {
      const services = await startServices(url, kafka.bootstrapServers, topic, programs);
      const [publisher, consumer] = ['publisher', 'consumer'].map((name) =>
        knex({ client: 'pg', connection: url(name), pool: { min: 0, max: 2 } }),
      ) as [Knex, Knex];
      try {
        return await work({ services, publisher, consumer, restartPostgres: restart });
      } finally {
        await Promise.all([services.publisher.end(), services.consumer.end()]);
        await Promise.all([publisher.destroy(), consumer.destroy()]);
      }
    });
  } finally {
    await kafka.stop();
  }
}
