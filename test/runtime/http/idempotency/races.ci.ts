import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { requestFailpoints } from '../../../../src/runtime/async/failpoint.ts';
import { up as createKeysTable } from '../../../../src/runtime/tables/idempotency-keys.ts';
import { createOutboxDatabase, type OutboxDatabase } from '../../events/outbox-fixture.ts';

const program = path.join(import.meta.dirname, 'order-process.ts');
const CLIENTS = 20;
/** Milliseconds before a client repeats its request. */
const RETRY = 100;
const MOST_ROUNDS = 30;

interface Replica {
  child: ChildProcess;
  url: string;
}

/** Two replicas, each with three connections; one of them dies at each failpoint, and is started again. */
describe('20 equal POSTs at once on 2 replicas', function () {
  this.timeout(180_000);
  let world: OutboxDatabase;
  let database: Knex;
  let replicas: Replica[] = [];
  const statuses = new Set<number>();

  before(async () => {
    world = await createOutboxDatabase();
    database = world.database;
    await createKeysTable(database);
    replicas = await Promise.all([start(), start()]);
  });
  after(async () => {
    for (const { child } of replicas) child.kill('SIGKILL');
    await world.close();
  });

  async function start(): Promise<Replica> {
    const child = spawn(process.execPath, ['--import', 'tsx', program], {
      env: { ...process.env, NODE_ENV: 'test', ORDERS_DATABASE_URL: world.url },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [message] = (await once(child, 'message')) as [{ url: string }];
    return { child, url: message.url };
  }

  /** Makes a replica die when it reaches the failpoint; resolves as soon as it will. */
  async function arm({ child }: Replica, failpoint: string): Promise<void> {
    child.send({ failpoint });
    await once(child, 'message');
  }

  /** Repeats a request at one replica after the other until it succeeds, as a client that must know the result. */
  async function orderUntilDone(key: string, first: number): Promise<string> {
    for (let turn = first; ; turn += 1) {
      const answer = await post(replicas[turn % 2]?.url ?? '', key).catch(() => undefined); // the replica has died
      if (answer) statuses.add(answer.status);
      if (answer?.status === 201) return answer.text;
      await pause(RETRY);
    }
  }

  async function post(url: string, key: string) {
    const response = await fetch(`${url}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ total: 5 }),
    });
    return { status: response.status, text: await response.text() };
  }

  async function race(): Promise<void> {
    const key = randomUUID();
    const clients = Array.from({ length: CLIENTS }, (_, client) => orderUntilDone(key, client));
    assert.equal(new Set(await Promise.all(clients)).size, 1);
  }

  const count = async (table: string) => Number((await database(table).count({ rows: '*' }).first())?.rows);

  for (const failpoint of [...requestFailpoints, 'outbox.sent', 'outbox.committed'])
    it(`get equal answers for one order and one event, also if a replica dies at ${failpoint}`, async () => {
      for (const table of ['orders', 'event_outbox', 'idempotency_keys']) await database(table).delete();
      const [dying] = replicas as [Replica];
      await arm(dying, failpoint);
      const ended = once(dying.child, 'exit').then(async ([, signal]) => {
        replicas[0] = await start();
        return signal as unknown;
      });
      let rounds = 0;
      for (; dying.child.signalCode === null && rounds < MOST_ROUNDS; rounds += 1) await race();
      assert.equal(await ended, 'SIGKILL');
      await race();
      rounds += 1;
      const counts = await Promise.all(['orders', 'event_outbox', 'idempotency_keys'].map(count));
      assert.deepEqual(counts, [rounds, rounds, rounds]);
      assert.deepEqual(statuses, new Set([201, 409]), 'no 5xx, as from an exhausted pool');
    });
});
