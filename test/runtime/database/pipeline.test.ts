import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import pg, { type Client as Connection } from 'pg';
import { runInContext } from '../../../src/runtime/context/context.ts';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { hasSharedParts } from '../../../src/runtime/database/pipeline/query.ts';
import { beginRequestWork, type RequestWork } from '../../../src/runtime/database/request-work.ts';
import { onTransactionEnd } from '../../../src/runtime/database/transaction-end.ts';
import { createOutbox, type Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { LOCK_SPACE } from '../../../src/runtime/events/outbox/insert.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createOutboxDatabase, orderPlaced, type OutboxDatabase } from '../events/outbox-fixture.ts';
import { recordWire, type WireRecorder } from '../../support/wire-recorder.ts';

describe('the round trips of a transaction', () => {
  let world: OutboxDatabase;
  let wire: WireRecorder;
  let database: Knex;
  let outbox: Outbox;

  before(async () => {
    world = await createOutboxDatabase();
    wire = await recordWire(world.url);
    database = await open();
    outbox = createOutboxOf(database);
    await world.database.raw('create table late (id int unique deferrable initially deferred)');
  });
  after(async () => {
    await database.destroy();
    await wire.close();
    await world.close();
  });
  beforeEach(async () => {
    await world.database('orders').delete();
    await world.database('event_outbox').delete();
    wire.takeRoundTrips();
  });

  /** One connection, so that each transaction shows the state in which the previous one left it. */
  async function open(limits: { lock?: number; statement?: number } = {}): Promise<Knex> {
    const opened = connectDatabase({
      ...{ databaseUrl: wire.url, databasePoolMax: 1, serviceName: 'pipeline' },
      ...{ databaseLockTimeout: limits.lock ?? 0, databaseStatementTimeout: limits.statement ?? 0 },
    });
    await opened.raw('select 1');
    return opened;
  }

  const createOutboxOf = (database: Knex): Outbox =>
    createOutbox({ database, contracts: { published: [orderPlaced] }, serviceName: 'order-service' });
  const placed = (id: string) => orderPlaced.of(id, { id, total: 1 });
  const order = (trx: Knex, id: string) => trx('orders').insert({ id, total: 1 });
  const saved = async (): Promise<unknown[]> => [
    await world.database('orders').orderBy('id').pluck('id'),
    await world.database('event_outbox').orderBy('id').pluck('key'),
  ];
  /** The first words of each statement: enough to distinguish them. */
  const seen = (): string[][] =>
    wire.takeRoundTrips().map((statements) =>
      statements.map((text) =>
        text.includes('insert into event_outbox')
          ? 'insert outbox'
          : text.includes('pg_advisory_xact_lock')
            ? 'lock keys'
            : text
                .replaceAll(/\s+/g, ' ')
                .replaceAll('"', '')
                .replace(/ \(.*| trx\d+;?/, ''),
      ),
    );

  const insert = 'insert into orders';
  const cases: Record<string, [work: () => Promise<unknown>, roundTrips: string[][]]> = {
    'BEGIN with the first statement': [
      () => database.transaction((trx) => order(trx, 'a')),
      [['BEGIN', insert], ['COMMIT;']],
    ],
    'BEGIN of a level and an access mode': [
      () =>
        database.transaction((trx) => trx.raw('select 1'), {
          isolationLevel: 'serializable',
          readOnly: true,
        }),
      [['BEGIN TRANSACTION ISOLATION LEVEL serializable READ ONLY', 'select 1'], ['COMMIT;']],
    ],
    'BEGIN with a savepoint': [
      () => database.transaction((trx) => trx.transaction((inner) => order(inner, 'a'))),
      [['BEGIN', 'SAVEPOINT'], [insert], ['RELEASE SAVEPOINT'], ['COMMIT;']],
    ],
    'BEGIN before a text of several statements': [
      () => database.transaction((trx) => trx.raw('select 1; select 2')),
      [['BEGIN'], ['select 1; select 2'], ['COMMIT;']],
    ],
    'BEGIN before COPY, which does not end without a Sync of its own': [
      () => database.transaction((trx) => trx.raw('copy orders to stdout')),
      [['BEGIN'], ['copy orders to stdout'], ['COMMIT;']],
    ],
    'nothing for an empty transaction': [() => database.transaction(async () => {}), []],
    'nothing for an empty transaction that is rolled back': [
      async () => (await database.transaction()).rollback(),
      [],
    ],
    'all of a transaction that only publishes': [
      () => database.transaction((trx) => outbox.publish(placed('a'), trx)),
      [['BEGIN', 'insert outbox', 'COMMIT']],
    ],
    'COMMIT with the last of many events': [
      () =>
        database.transaction(async (trx) => {
          for (let n = 0; n < 2_001; n += 1) await outbox.publish(placed(String(n)), trx);
        }),
      [['BEGIN', 'lock keys'], ['insert outbox'], ['insert outbox'], ['insert outbox', 'COMMIT']],
    ],
    'COMMIT with the last of two outboxes': [
      () =>
        database.transaction(async (trx) => {
          await outbox.publish(placed('a'), trx);
          await createOutboxOf(database).publish(placed('b'), trx);
        }),
      [
        ['BEGIN', 'insert outbox'],
        ['insert outbox', 'COMMIT'],
      ],
    ],
    'COMMIT alone when the savepoint that published was rolled back': [
      () =>
        database.transaction(async (trx) => {
          await trx
            .transaction(async (inner) => {
              await outbox.publish(placed('a'), inner);
              throw new Error('no');
            })
            .catch(() => undefined);
        }),
      [['BEGIN', 'SAVEPOINT'], ['ROLLBACK TO SAVEPOINT'], ['COMMIT;']],
    ],
  };
  for (const [title, [work, roundTrips]] of Object.entries(cases)) {
    it(`send ${title}`, async () => {
      await work();
      assert.deepEqual(seen(), roundTrips);
      assert.equal(await state(), 'I');
    });
  }

  it('save the event in the round trip of COMMIT', async () => {
    await database.transaction(async (trx) => {
      await order(trx, 'a');
      await outbox.publish(placed('a'), trx);
    });
    assert.deepEqual(seen(), [
      ['BEGIN', insert],
      ['insert outbox', 'COMMIT'],
    ]);
    assert.deepEqual(await saved(), [['a'], ['a']]);
  });

  it('send the limits of a request with its first statement, and a single change at once', async () => {
    const limited = await open({ lock: 1_000, statement: 2_000 });
    wire.takeRoundTrips();
    const limits = ['SET LOCAL lock_timeout = 1000', 'SET LOCAL statement_timeout = 2000'];
    await inRequest(async () => {
      await limited.transaction((trx) => order(trx, 'a'));
      await limited('orders').where({ id: 'a' }).update({ total: 2 });
      await limited.raw('update orders set total = 3; update orders set total = 4');
    });
    assert.deepEqual(
      seen(),
      [
        ['BEGIN', ...limits, insert],
        ['COMMIT;'],
        ['BEGIN', ...limits, 'update orders set total = $1 where id = $2', 'COMMIT'],
        ['BEGIN;SET LOCAL lock_timeout = 1000;SET LOCAL statement_timeout = 2000'],
        ['update orders set total = 3; update orders set total = 4'],
        ['COMMIT'],
      ].map((each) => each.flatMap((text) => (text.startsWith('BEGIN;') ? text.split(';') : text))),
    );
    await limited.destroy();
  });

  it('send BEGIN even if the first statement fails, and ROLLBACK ends the failed transaction', async () => {
    const failing = database.transaction(async (trx) => {
      await assert.rejects(trx.raw('select 1/0'), { code: '22012' });
      await order(trx, 'never');
    });
    await assert.rejects(failing, { code: '25P02' });
    assert.deepEqual(seen(), [['BEGIN', 'select 1/0'], [insert], ['ROLLBACK']]);
    assert.deepEqual([await state(), await saved()], ['I', [[], []]]);
  });

  it('keep BEGIN for a statement that is sent, and not for one that pg refuses', async () => {
    await database.transaction(async (trx) => {
      const connection: Connection = await trx.client.acquireConnection();
      const refused = { text: 'select $1', values: {} as unknown[] };
      await assert.rejects(connection.query(refused), /must be an array/);
      await order(trx, 'a');
    });
    assert.deepEqual(await saved(), [['a'], []]);
    const bad = database.transaction((trx) =>
      trx.raw('select ?', [
        {
          toPostgres: () => {
            throw new Error('bad value');
          },
        },
      ]),
    );
    await assert.rejects(bad, /bad value/);
    assert.equal(await state(), 'I');
  });

  it('parse a named statement again that failed together with BEGIN', async () => {
    const named = { name: 'later', text: 'select * from later', values: [] };
    const run = () =>
      database.transaction(async (trx) => {
        const connection: Connection = await trx.client.acquireConnection();
        await connection.query(named);
      });
    await assert.rejects(run(), { code: '42P01' });
    await world.database.raw('create table later ()');
    await run();
    await run();
    assert.deepEqual(seen().at(-2), ['BEGIN', 'select * from later']);
  });

  it('close the connection whose BEGIN fails, since the next statements would commit by themselves', async () => {
    const doomed = await open();
    const connection: Connection = await doomed.client.acquireConnection();
    await connection.query('BEGIN; SET LOCAL lock_timeout = 99999999999;');
    await assert.rejects(connection.query('select 1'), { code: '22023' });
    await assert.rejects(connection.query(`insert into orders values ('never', 1)`));
    await doomed.client.releaseConnection(connection);
    await doomed.destroy();
    assert.deepEqual(await saved(), [[], []]);
  });

  it('leave no open transaction, and no BEGIN that waits, in the pool', async () => {
    for (const left of ['BEGIN', 'BEGIN; select 1']) {
      const connection: Connection = await database.client.acquireConnection();
      await connection.query(left);
      await database.client.releaseConnection(connection);
      await order(database, left);
    }
    assert.deepEqual(await saved(), [['BEGIN', 'BEGIN; select 1'], []]);
  });

  it('commit nothing when the event cannot be saved, and fail with the error of the insert', async () => {
    const refusing = `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
      create trigger refuse before insert on event_outbox for each row execute function refuse()`;
    await world.database.raw(refusing);
    const steps: string[] = [];
    const failing = database.transaction(async (trx) => {
      await order(trx, 'a');
      await outbox.publish(placed('a'), trx);
      onTransactionEnd(trx, { afterCommit: () => void steps.push('committed') });
    });
    await assert.rejects(failing, { message: 'no', code: 'P0001' });
    await world.database.raw('drop function refuse cascade');
    assert.deepEqual([seen().at(-1), steps, await saved(), await state()], [['ROLLBACK'], [], [[], []], 'I']);
  });

  it('fail with the error of COMMIT when a deferred constraint fails after the event was saved', async () => {
    const failing = database.transaction(async (trx) => {
      await trx('late').insert([{ id: 1 }, { id: 1 }]);
      await outbox.publish(placed('a'), trx);
    });
    await assert.rejects(failing, { code: '23505', message: /^COMMIT; - / });
    assert.deepEqual(
      [seen().at(-1), await saved(), await state()],
      [['insert outbox', 'COMMIT'], [[], []], 'I'],
    );
  });

  it('fail like COMMIT when the connection is lost before its answer, and may have committed', async () => {
    const cut = await open();
    wire.cutAt('COMMIT');
    const failing = cut.transaction(async (trx) => {
      await order(trx, 'a');
      await createOutboxOf(cut).publish(placed('a'), trx);
    });
    await assert.rejects(failing, /^Error: COMMIT; - (Connection terminated unexpectedly|read ECONNRESET)$/);
    await waitFor(async () => (await saved()).flat().length === 2);
    await order(cut, 'b');
    await cut.destroy();
  });

  describe('in a request, while another transaction publishes about the key', () => {
    let admin: pg.Client;
    beforeEach(async () => {
      admin = new pg.Client(world.url);
      await admin.connect();
      await admin.query(
        `select pg_advisory_lock(${LOCK_SPACE}, bucket) from generate_series(0, 1023) as bucket`,
      );
    });
    afterEach(() => admin.end());

    const publish = (trx: Knex.Transaction) => outbox.publish(placed('a'), trx);
    const waiting = async (): Promise<boolean> =>
      (await admin.query(`select from pg_locks where not granted`)).rows.length === 1;

    it('end at the lock timeout', async () => {
      const limited = await open({ lock: 50 });
      await assert.rejects(
        inRequest(() => limited.transaction(publish)),
        { code: '55P03' },
      );
      assert.equal(await state(limited), 'I');
      await limited.destroy();
    });

    it('end at the statement timeout', async () => {
      const limited = await open({ statement: 50 });
      await assert.rejects(
        inRequest(() => limited.transaction(publish)),
        { code: '57014' },
      );
      await limited.destroy();
    });

    it('end with the request, and save nothing', async () => {
      let work: RequestWork | undefined;
      const abandoned = inRequest((begun) => {
        work = begun;
        return database.transaction(publish);
      });
      await waitFor(waiting);
      work?.abandon();
      await assert.rejects(abandoned, { code: '57014' });
      await waitFor(async () => !(await waiting()));
      await admin.query('select pg_advisory_unlock_all()');
      await database.transaction((trx) => order(trx, 'b'));
      assert.deepEqual(await saved(), [['b'], []]);
    });
  });

  async function inRequest<T>(run: (work: RequestWork) => Promise<T>): Promise<T> {
    const context = { requestId: 'test', correlationId: 'test', traceparent: '' };
    return runInContext(context, () => run(beginRequestWork(context)));
  }

  /** PostgreSQL's state of the pool's connection between two uses. It follows an error as a message of its own. */
  async function state(of: Knex = database): Promise<string | undefined> {
    const connection = await of.client.acquireConnection();
    await waitFor(() => Reflect.get(connection, 'readyForQuery') === true);
    await of.client.releaseConnection(connection);
    return Reflect.get(connection, 'state');
  }

  it(`rely on methods of pg's Query, which this pg has`, () => {
    assert.ok(
      hasSharedParts(),
      'this pg works otherwise: compare lib/query.js with src/runtime/database/pipeline',
    );
  });
});
