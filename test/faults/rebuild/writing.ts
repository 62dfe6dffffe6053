import type { Knex } from 'knex';
import type { EventBus, EventDefinition } from 'microservice-runtime';
import type { Change } from './changes.ts';

/** Changes accounts once each, in one transaction, and publishes their events. */
export async function changeAccounts(
  database: Knex,
  bus: Pick<EventBus, 'publish'>,
  changed: EventDefinition<Change>,
  ids: readonly string[],
): Promise<void> {
  await database.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { id: string; sequence: number }[] }>(
      `with locked as (select id from accounts where id = any (?::text[]) order by id for update)
       update accounts set sequence = sequence + 1 from locked where accounts.id = locked.id
       returning accounts.id, sequence`,
      [[...ids]],
    );
    for (const { id, sequence } of rows) {
      const amount = (sequence * 7) % 100;
      await trx('sent').insert({ account: id, sequence, amount });
      await bus.publish(changed.of(id, { sequence, amount }), trx);
    }
  });
}
