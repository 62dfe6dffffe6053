import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { insertIntoOutbox } from '../../../src/runtime/events/outbox/insert.ts';
import { up } from '../../../src/runtime/tables/event-outbox.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { effort } from './effort.ts';
import { interleave } from './interleave.ts';
import { createTurnsDatabase, type TurnsDatabase } from './turns-database.ts';

/** The keys that each transaction of a publisher publishes about. */
const transactions = fc.array(fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
});
const choices = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 40 });

describe('transactions that publish about the same keys at the same time', () => {
  let created: TestDatabase;
  let databases: TurnsDatabase[];
  before(async () => {
    created = await createDatabase();
    databases = Array.from({ length: 4 }, () => createTurnsDatabase(created.url));
    assert.ok(databases[0]);
    await up(databases[0].database);
  });
  after(async () => {
    await Promise.all(databases.map(({ database }) => database.destroy()));
    await created.drop();
  });

  it('show a reader the events of a key in the order of their ids, and do not deadlock', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(transactions, transactions, transactions),
        fc.nat(9),
        choices,
        async (plans, looks, order) => {
          const [reader, ...publishers] = databases;
          assert.ok(reader);
          const seen: { key: string; id: string }[] = [];
          const look = async () => {
            seen.push(...(await reader.database('event_outbox').orderBy('id').select('key', 'id')));
            await reader
              .database('event_outbox')
              .whereIn(
                'id',
                seen.map(({ id }) => id),
              )
              .delete();
          };
          const looking = reader.actor(async () => {
            for (let turn = 0; turn < looks; turn += 1) await look();
          });
          const publishing = publishers.map((own, index) =>
            own.actor(async () => {
              for (const keys of plans[index] ?? []) await publish(own, keys);
            }),
          );
          await interleave([looking, ...publishing], order);
          await look();
          assert.equal(seen.length, plans.flat(2).length);
          for (const key of ['0', '1', '2']) {
            const ids = seen.filter((event) => event.key === key).map(({ id }) => Number(id));
            assert.deepEqual(
              ids,
              ids.toSorted((a, b) => a - b),
            );
          }
        },
      ),
      effort(25),
    );
  });

  const publish = ({ database }: TurnsDatabase, keys: readonly number[]): Promise<unknown> =>
    database.transaction(async (trx) => {
      const messages = keys.map((key) => ({ topic: 't', key: String(key), value: '1', headers: {} }));
      await insertIntoOutbox(await trx.client.acquireConnection(), messages);
    });
});
