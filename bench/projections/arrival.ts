import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { KafkaDriver } from 'microservice-runtime';
import { now } from '../events/program.ts';

/**
 * Resolves when a group has read the topic to its end as of now: to the events per second after its first batch, since a member joins
 * its group before.
 */
export async function untilRead(
  database: Knex,
  driver: Pick<KafkaDriver, 'topicOffsets'>,
  topic: string,
  group: string,
): Promise<number> {
  const ends = await driver.topicOffsets(topic);
  const all = ends.reduce((sum, { high }) => sum + high, 0);
  let first: { at: number; read: number } | undefined;
  for (;;) {
    const { rows } = await database.raw<{ rows: [{ read: number }] }>(
      'select coalesce(sum(position), 0)::float8 as read from event_positions where consumer_group = ?',
      [group],
    );
    const [{ read }] = rows;
    if (read > 0) first ??= { at: now(), read };
    if (first && read >= all) return ((all - first.read) / (now() - first.at)) * 1_000;
    await sleep(20);
  }
}
