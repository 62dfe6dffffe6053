import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { failpoints, sagaFailpoints, type Failpoint } from '../../../src/runtime/async/failpoint.ts';
import { up as createOutbox } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createRequests } from '../../../src/runtime/tables/saga-requests.ts';
import { up as createSagas } from '../../../src/runtime/tables/sagas.ts';
import { createFixture, type Fixture } from '../../runtime/events/consumer-fixture.ts';

/** Refused rows do not occur. */
const wanted = process.env['SAGA_FAILPOINTS'];
const points = [...failpoints, ...sagaFailpoints].filter(
  (point) => point !== 'relay.parked' && (wanted === undefined || wanted.split(',').includes(point)),
);
const ORDERS = Number(process.env['SAGA_ORDERS'] ?? 10);
/** How long a replica may run without reaching its failpoint, in ms: some are rarely reached. */
const SILENCE = Number(process.env['SAGA_SILENCE'] ?? 45_000);
const script = path.join(import.meta.dirname, 'order-process.ts');

interface Entry {
  order_id: string;
  entry: string;
}

describe('orders whose replicas are killed', function () {
  this.timeout(1_800_000);
  let fixture: Fixture;
  const replicas = new Set<ChildProcess>();
  let placed = 0;
  before(async () => {
    fixture = await createFixture(3);
    await createOutbox(fixture.database);
    await createSagas(fixture.database);
    await createRequests(fixture.database);
    await fixture.database.schema.createTable('ledger', (table) => {
      table.bigIncrements('id');
      table.text('order_id');
      table.text('entry');
    });
  });
  after(async () => {
    for (const replica of replicas) replica.kill('SIGKILL');
    await fixture.close();
  });

  function start(failpoint?: Failpoint, nth = 1): ChildProcess {
    const { databaseUrl, kafka } = fixture.config;
    const replica = spawn(process.execPath, ['--import', 'tsx', script], {
      env: {
        ...process.env,
        SERVICE_NAME: 'order-service',
        DATABASE_URL: databaseUrl,
        KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers.join(','),
        KAFKA_TOPIC_PARTITIONS: '3',
        AUTH: 'none',
        ORDERS: String(ORDERS),
        FIRST_ORDER: String(placed),
        ...(failpoint && { MICROSERVICE_FAILPOINT: `${failpoint}:${nth}` }),
      },
      stdio: ['pipe', 'inherit', 'pipe'],
    });
    placed += ORDERS;
    replicas.add(replica);
    void once(replica, 'exit').then(() => replicas.delete(replica));
    return replica;
  }

  /** The tables that tell why a saga has not ended. */
  async function evidence(): Promise<string> {
    const { database } = fixture;
    const open = await database('saga_instances').whereNull('ended_at').select('id', 'status', 'stuck');
    const ids = open.map(({ id }: { id: string }) => id);
    return JSON.stringify(
      {
        open,
        steps: await database('saga_steps')
          .whereIn('id', ids)
          .whereNot('status', 'pending')
          .select('id', 'step', 'status', 'attempts'),
        timers: await database('saga_timeouts')
          .whereIn('id', ids)
          .select('id', 'name', 'due_at', 'failures', 'error'),
        parked: await database('event_parked_keys').select(
          'consumer_group',
          'key',
          'state',
          'reason',
          'attempts',
          'error',
        ),
        outbox: (await database('event_outbox').count())[0],
        positions: await database('event_positions').select(
          'consumer_group',
          'topic',
          'partition',
          'position',
          'updated_at',
        ),
        now: new Date(),
      },
      null,
      1,
    );
  }

  it('end confirmed or cancelled, with every step done once or undone, wherever a replica dies', async () => {
    const steady = start();
    steady.stderr?.pipe(process.stderr);
    const hits: string[] = [];
    for (const [index, point] of points.entries()) {
      const replica = start(point, 1 + (index % 3));
      replica.stderr?.on('data', (text: Buffer) => {
        if (text.toString().includes('failpoint')) hits.push(point);
        else process.stderr.write(text);
      });
      const killing = setTimeout(() => replica.kill('SIGKILL'), SILENCE);
      await once(replica, 'exit');
      clearTimeout(killing);
    }
    steady.kill('SIGKILL');
    start();
    const { database } = fixture;
    const open = async () => (await database('saga_instances').whereNull('ended_at')).length;
    const last = () =>
      database('saga_instances')
        .where({ id: `o-${placed - 1}` })
        .first();
    await waitFor(last, { timeout: 240_000, message: 'the last order is placed' });
    await waitFor(async () => (await open()) === 0, {
      timeout: Number(process.env['SAGA_WAIT'] ?? 300_000),
      message: 'all sagas end',
    }).catch(async (error: unknown) => {
      console.log(await evidence());
      throw error;
    });
    const ledger: Entry[] = await database('ledger').orderBy('id').select('order_id', 'entry');
    const orders = groupOf(ledger);
    for (const [id, entries] of orders)
      check(
        id,
        entries.map(({ entry }) => entry),
      );
    const ends = ledger.filter(({ entry }) => entry === 'confirmed').length;
    console.log(
      `      ${orders.size} orders, ${ends} confirmed; replicas died at ${hits.length} of ${points.length} failpoints: ${hits.join(', ')}`,
    );
    assert.ok(hits.length >= points.length / 2, `only ${hits.join(', ')} were hit`);
  });
});

function groupOf(ledger: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const each of ledger) groups.set(each.order_id, [...(groups.get(each.order_id) ?? []), each]);
  return groups;
}

function check(id: string, entries: readonly string[]): void {
  const count = (entry: string) => entries.filter((each) => each === entry).length;
  const seen = `${id}: ${entries.join(', ')}`;
  assert.equal(count('placed'), 1, seen);
  assert.equal(count('confirmed') + count('cancelled'), 1, seen);
  for (const step of ['payment', 'stock', 'shipping']) {
    assert.ok(count(`${step} done`) <= 1, seen);
    assert.equal(count(`${step} done`) - count(`${step} undone`), count('confirmed'), seen);
  }
}
