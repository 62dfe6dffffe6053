import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { handleBatch } from '../../../src/runtime/events/consumer/batch.ts';
import { defaultSettings } from '../../../src/runtime/events/handling/settings.ts';
import { forgetHandled } from '../../../src/runtime/events/operations/inbox.ts';
import { pruneInbox } from '../../../src/runtime/events/inbox/inbox.ts';
import { dropWaiting } from '../../../src/runtime/events/operations/outbox.ts';
import { createOutbox } from '../../../src/runtime/events/outbox/publish.ts';
import { dropParked, redriveKey } from '../../../src/runtime/events/operations/change-parked.ts';
import { tryKey } from '../../../src/runtime/events/retry/attempt.ts';
import { createPosition, resetPosition } from '../../../src/runtime/events/inbox/positions.ts';
import { forgetSince } from '../../../src/runtime/events/operations/replay.ts';
import { openSession } from '../../../src/runtime/events/relay/session.ts';
import { up as createOutboxTable } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createParked } from '../../../src/runtime/tables/event-parked.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createLog } from '../../faults/properties/parked-world.ts';
import { createInbox } from '../../support/tables.ts';

const of = { groupId: 'g', topic: 'g', partition: 0 };
const tables = ['event_inbox', 'event_positions', 'event_parked', 'event_parked_keys', 'event_outbox'];

/** Refuses a change of a table in a transaction of another level, except for the publisher's own row. */
const watch = `
  create function refuse_other_levels() returns trigger language plpgsql as $$
    begin
      if current_setting('transaction_isolation') <> 'read committed' then
        raise exception '% of % in a transaction that is %', tg_op, tg_table_name, current_setting('transaction_isolation');
      end if;
      return null;
    end $$`;
const changes = (table: string): string =>
  table === 'event_outbox' ? 'update or delete' : 'insert or update or delete';

for (const level of ['repeatable read', 'serializable'] as const) {
  describe(`a database whose default isolation is ${level}`, () => {
    let created: TestDatabase;
    let database: Knex;

    before(async () => {
      created = await createDatabase(level);
      database = connectDatabase({ databaseUrl: created.url, databasePoolMax: 4, serviceName: 'test' });
      await createInbox(database);
      await createParked(database);
      await createOutboxTable(database);
      await database.raw(
        'create table effect (place bigserial, run text, key text, log_offset int, before int)',
      );
      await database.raw(watch);
      for (const table of tables)
        await database.raw(
          `create trigger watch after ${changes(table)} on ${table} execute function refuse_other_levels()`,
        );
    });
    after(async () => {
      await database.destroy();
      await created.drop();
    });

    it('gets every change of the bus in a READ COMMITTED transaction', async () => {
      const { messages, handlers } = createLog('g', [
        { key: 1, failures: 2, late: false },
        { key: 1, failures: 0, late: false },
        { key: 2, failures: 0, late: false },
      ]);
      const settings = {
        ...defaultSettings({
          shutdownTimeout: 10_000,
          databasePoolMax: 4,
          databaseUrl: created.url,
          databaseDirectUrl: created.url,
        }),
        parkDelay: { first: 0, max: 0 },
      };
      const start = await createPosition(database, of, 7);
      const known = await resetPosition(database, of, start, 0);
      const verdict = { offset: 0, reason: 'failure', error: 'no', attempts: 1, nextTryIn: 60_000 } as const;
      const options = { database, handlers, of, settings };
      const result = await handleBatch(
        () => messages,
        known,
        () => false,
        options,
        verdict,
      );
      assert.deepEqual([result.handled.length, result.parked], [1, 2]);
      const place = { group: 'g', topic: 'g', key: '1' };
      assert.ok(await redriveKey(database, place));
      const lap = await tryKey({ database, groupId: 'g', handlers, settings });
      assert.equal(lap?.failure?.offset, 0);
      const first = await database('event_parked').min('id as id').first<{ id: string }>();
      const drop = { of: place, firstRow: first.id, whole: false };
      assert.equal(await dropParked(database, drop, () => {}), 1);
      const second = await tryKey({ database, groupId: 'g', handlers, settings });
      assert.deepEqual([second?.handled.length, second?.finished], [1, true]);
      const back = [{ partition: 0, position: 2 }];
      await forgetSince(database, { group: 'g', topic: 'g', positions: back, since: undefined });
      await forgetHandled(database, { group: 'g' }, 10, () => {});
      await pruneInbox(database, new Date());
    });

    it('gets every change of the relay in a READ COMMITTED transaction', async () => {
      const outbox = createOutbox({ database, contracts: { published: [] }, serviceName: 'test' });
      await outbox.publish('t', { type: 'a.b', data: 1 }, { key: 'alone' });
      await database.transaction((trx) => outbox.publish('t', { type: 'a.b', data: 1 }, { key: 'k', trx }));
      const session = await openSession(created.url, 'relay', 'c', { heard() {}, lost() {} });
      await session.query('delete from event_outbox where key = $1', ['alone']);
      await session.transaction((query) => query('update event_outbox set topic = $1', ['u']));
      await session.close();
      assert.equal(await dropWaiting(database, {}, 10, () => {}), 1);
    });
  });
}

describe('the code of the bus and of its commands', () => {
  it('opens every transaction with an explicit level', () => {
    const root = path.resolve(import.meta.dirname, '..', '..', '..', 'src', 'runtime');
    for (const folder of ['events', 'commands']) {
      const files = readdirSync(path.join(root, folder), { encoding: 'utf8', recursive: true });
      for (const file of files.filter((name) => name.endsWith('.ts'))) {
        const source = readFileSync(path.join(root, folder, file), 'utf8');
        const opened = source.match(/database\.transaction\(/g)?.length ?? 0;
        const named = source.match(/isolationLevel: /g)?.length ?? 0;
        assert.equal(named, opened, `${folder}/${file}`);
        assert.doesNotMatch(source, /'begin'/i, `${folder}/${file}`);
      }
    }
  });
});
