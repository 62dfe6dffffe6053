import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { createEventIds } from '../../src/runtime/events/event/event-id.ts';
import type { Services } from '../events/services.ts';
import type { Figures } from './support/measurement.ts';
import { withServices, type World } from './support/services.ts';

export const sentence = 'events are handled by a consumer that remembers few or many earlier ones';

const events = 20_000;
const sizes = [10_000, 1_000_000];

/** Resolves to the id that the service gives to an event. */
async function exampleId(services: Services, publisher: Knex): Promise<string> {
  await services.publisher.ask('fill', 1);
  const { id } = await publisher('event_outbox').first(publisher.raw(`headers->>'ce_id' as id`));
  await publisher('event_outbox').delete();
  return id;
}

/** Returns ids of the same version as `example`, of the day before. */
function earlierIds(example: string, count: number): string[] {
  const versionAt = 14;
  if (example.charAt(versionAt) !== '7') return Array.from({ length: count }, () => randomUUID());
  const begun = Date.now() - 86_400_000;
  let made = 0;
  return Array.from(
    { length: count },
    createEventIds(() => begun + (made += 1) * 10),
  );
}

const insert = `
  insert into event_inbox (consumer_group, source, event_id, topic, received_at)
  select 'consumer-consumer', 'publisher', id, 'bench', now() - interval '1 day' from unnest(?::text[]) as id`;

async function remember(consumer: Knex, ids: string[]): Promise<void> {
  for (let first = 0; first < ids.length; first += 50_000)
    await consumer.raw(insert, [ids.slice(first, first + 50_000)]);
  await consumer.raw('vacuum analyze event_inbox');
}

/** Bytes of WAL for each event while the consumer reads the events in Kafka, with a handler that does nothing. */
async function bytesAnEvent({ services, consumer, restartPostgres }: World): Promise<number> {
  await services.consumer.ask('insert', false);
  await services.consumer.ask('expect', events);
  await services.publisher.ask('fill', events);
  await services.publisher.ask('start');
  await services.publisher.ask('emptied');
  await services.publisher.ask('stop');
  const end = async (): Promise<string> =>
    (await consumer.raw('select pg_current_wal_insert_lsn() as place')).rows[0].place;
  // after a checkpoint, as in production every few minutes, the first change of a page writes the whole page
  await restartPostgres();
  const begun = await end();
  await services.consumer.ask('start');
  await services.consumer.ask('all');
  const { rows } = await consumer.raw('select pg_wal_lsn_diff(?, ?)::float8 as bytes', [await end(), begun]);
  return rows[0].bytes / events;
}

export const measure = async (checkout: string): Promise<Figures> => {
  const figures: Figures = {};
  for (const size of sizes)
    figures[`bytes of WAL an event, ${size.toLocaleString('en')} remembered`] = await withServices(
      checkout,
      async (world) => {
        await world.services.consumer.ask('stop');
        await world.services.publisher.ask('stop');
        await remember(world.consumer, earlierIds(await exampleId(world.services, world.publisher), size));
        return bytesAnEvent(world);
      },
    );
  return figures;
};
