import assert from 'node:assert/strict';
import fc from 'fast-check';
import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { ServiceClient } from '../../../src/runtime/database/service-client.ts';
import { createOutbox, type Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { createOutboxDatabase, orderPlaced, type OutboxDatabase } from '../events/outbox-fixture.ts';

/** What a transaction does, step by step, and how it or a savepoint ends. */
type Step =
  | { do: 'insert' | 'publish' | 'late'; id: number }
  | { do: 'fail' | 'read' | 'read twice' | 'value'; caught: boolean }
  | { do: 'savepoint'; block: Block };
interface Block {
  steps: Step[];
  end: 'return' | 'throw' | 'commit' | 'rollback';
}

const id = fc.integer({ min: 0, max: 4 });
const step = (depth: number): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('insert' as const, 'publish', 'late'), id }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('fail' as const, 'read', 'read twice', 'value'),
        caught: fc.boolean(),
      }),
    },
    ...(depth > 0
      ? [
          {
            weight: 2,
            arbitrary: fc.record({ do: fc.constant('savepoint' as const), block: block(depth - 1) }),
          },
        ]
      : []),
  );
const block = (depth: number): fc.Arbitrary<Block> =>
  fc.record({
    steps: fc.array(step(depth), { maxLength: 4 }),
    end: fc.constantFrom('return' as const, 'return', 'commit', 'throw', 'rollback'),
  });
const transaction = fc.record({
  block: block(2),
  isolationLevel: fc.constantFrom(undefined, 'read committed' as const, 'repeatable read', 'serializable'),
});

/** A service on the connections of `pg`, without shared round trips. */
class PlainClient extends ServiceClient {
  override _driver(): unknown {
    return pg;
  }
}

describe('a transaction with shared round trips', () => {
  let world: OutboxDatabase;
  let shared: Knex;
  let plain: Knex;

  before(async () => {
    world = await createOutboxDatabase();
    shared = connectDatabase({ databaseUrl: world.url, databasePoolMax: 1, serviceName: 'shared' });
    plain = knexFactory({ ...shared.client.config, client: PlainClient });
    await world.database.raw('create table late (id int unique deferrable initially deferred)');
  });
  after(async () => {
    await shared.destroy();
    await plain.destroy();
    await world.close();
  });

  it('answers, fails and saves like a transaction without them, whatever it does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(transaction, { minLength: 1, maxLength: 3 }), async (transactions) => {
        assert.deepEqual(await run(shared, transactions), await run(plain, transactions));
      }),
      { numRuns: Number(process.env['TRANSACTION_RUNS'] ?? 40) },
    );
  });

  type Transaction = typeof transaction extends fc.Arbitrary<infer T> ? T : never;

  /** Resolves to all results of the transactions, and to everything that they saved. */
  async function run(database: Knex, transactions: Transaction[]): Promise<unknown> {
    await world.database.raw('truncate orders, late, event_outbox');
    const outbox = createOutbox({
      database,
      contracts: { published: [orderPlaced] },
      serviceName: 'order-service',
    });
    const got: unknown[] = [];
    outbox.onCommit((lanes) => void got.push(lanes.size));
    for (const { block, isolationLevel } of transactions) {
      const options = isolationLevel && { isolationLevel };
      got.push(
        block.end === 'commit' || block.end === 'rollback'
          ? await outcome(runExplicitly(await database.transaction(options), block, outbox, got))
          : await outcome(database.transaction((trx) => runBlock(trx, block, outbox, got), options)),
      );
    }
    const saved = await Promise.all([
      world.database('orders').orderBy('id').pluck('id'),
      world.database('late').orderBy('id').pluck('id'),
      world.database('event_outbox').orderBy('id').pluck('key'),
    ]);
    return { got, saved };
  }

  async function runExplicitly(trx: Knex.Transaction, block: Block, outbox: Outbox, got: unknown[]) {
    try {
      await runSteps(trx, block.steps, outbox, got);
    } catch (error) {
      await trx.rollback(error).catch(() => undefined);
      throw error;
    }
    await (block.end === 'commit' ? trx.commit() : trx.rollback());
  }

  async function runBlock(
    trx: Knex.Transaction,
    block: Block,
    outbox: Outbox,
    got: unknown[],
  ): Promise<void> {
    await runSteps(trx, block.steps, outbox, got);
    if (block.end === 'throw') throw new Error('thrown');
    if (block.end === 'rollback') await trx.rollback(new Error('rolled back'));
    if (block.end === 'commit') await trx.commit();
  }

  async function runSteps(
    trx: Knex.Transaction,
    steps: Step[],
    outbox: Outbox,
    got: unknown[],
  ): Promise<void> {
    for (const each of steps) {
      const working = runStep(trx, each, outbox, got);
      if ('caught' in each && each.caught) got.push(await outcome(working));
      else if (each.do === 'savepoint') got.push(await outcome(working));
      else got.push(await working);
    }
  }

  async function runStep(
    trx: Knex.Transaction,
    each: Step,
    outbox: Outbox,
    got: unknown[],
  ): Promise<unknown> {
    switch (each.do) {
      case 'insert':
        return trx('orders').insert({ id: each.id, total: 1 }).returning('id');
      case 'late':
        return (await trx('late').insert({ id: each.id }).returning('id')).length;
      case 'publish':
        // the id of the event differs
        await outbox.publish(orderPlaced.of(String(each.id), { id: String(each.id), total: 1 }), trx);
        return undefined;
      case 'fail':
        return trx.raw('select 1/0');
      case 'read':
        return (await trx.raw('select 1 as one')).rows;
      case 'read twice':
        return (await trx.raw<{ rows: unknown[] }[]>('select 1 as one; select 2 as two')).map(
          ({ rows }) => rows,
        );
      case 'value':
        return trx.raw('select ?', [{ toPostgres: () => assert.fail('bad value') }]);
      default:
        return trx.transaction((inner) => runBlock(inner, each.block, outbox, got));
    }
  }
});

/** The result, or the message of the error without the numbers that Knex gives to transactions. */
async function outcome(working: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await working };
  } catch (error) {
    return { code: Reflect.get(Object(error), 'code'), message: String(error).replaceAll(/trx\d+/g, 'trx') };
  }
}
