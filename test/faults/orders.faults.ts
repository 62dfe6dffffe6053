import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { redriveKey } from '../../src/runtime/events/operations/change-parked.ts';
import { javaMissing, skipWithoutKafka } from '../support/kafka.ts';
import { startInfrastructure, type Infrastructure } from './infrastructure.ts';
import { inject } from './inject.ts';
import { readOptions } from './options.ts';
import { cure } from './orders/services/failures.ts';
import { dieInSagas } from './orders/order-crashes.ts';
import { readOrderHistory } from './orders/order-history.ts';
import { createOrderLoad, type OrderLoad } from './orders/order-load.ts';
import { comeToRest, incurable, openSagas, sagasFlow } from './orders/order-rest.ts';
import { ordersEvidence, ordersSummary } from './orders/order-summary.ts';
import { judgeOrders, orderFaultsOf } from './orders/order-verdict.ts';
import { openShop, type Shop } from './orders/shop.ts';
import { bundleProgram } from './programs.ts';
import { drawSchedule, scheduleText } from './schedule.ts';
import { drawJumps } from './orders/jumps.ts';

const { short, seed, minutes } = readOptions(process.env);
const size = short
  ? { running: 60, away: 8_000, faults: 3, pause: 5_000 }
  : { running: 1_000, away: 120_000, faults: 9, pause: 15_000 };
const rate = 5;
const backlog = 400_000;
const folder = path.join('.tmp', 'faults', `orders-${seed}`);
const say = (text: string) => console.log(`      ${text}`);

describe(`orders that are sagas of three services, under faults (seed ${seed})`, function () {
  this.timeout(minutes * 60_000);
  this.bail(true);
  const begun = performance.now();
  let infrastructure: Infrastructure;
  let shop: Shop;
  let load: OrderLoad;
  /** Also a start that fails leaves its logs. */
  let failed = true;

  before(async function () {
    skipWithoutKafka(this, javaMissing());
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    infrastructure = await startInfrastructure();
    const programs = {
      orders: await bundleProgram('orders/services', 'order-process'),
      participant: await bundleProgram('orders/services', 'participant-process'),
    };
    shop = await openShop({ infrastructure, programs, seed, folder });
    load = createOrderLoad(shop, seed);
    failed = false;
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    failed = true;
    await writeFile(path.join(folder, 'evidence.json'), await ordersEvidence(shop));
  });
  after(async () => {
    await load?.end();
    await shop?.close();
    await infrastructure?.stop();
    if (failed) say(`logs and tables are in ${folder}; again: ${replay()}`);
    else await rm(folder, { recursive: true, force: true });
  });

  it(`run at least ${size.running} at a time while a participant is away for ${size.away / 1_000} s, and continue`, async () => {
    const record = { kind: 'participant away', target: 'payment', begun: Date.now(), ended: Infinity };
    shop.faults.push(record);
    await Promise.all(shop.payment.replicas.map((replica) => replica.kill(size.away)));
    await load.place(size.running);
    const running = (await openSagas(shop)).filter(({ status }) => status === 'running').length;
    say(`${running} sagas running`);
    assert.ok(running >= size.running, `only ${running} sagas are running`);
    await pause(Math.max(0, record.begun + size.away - Date.now()));
    record.ended = Date.now();
    await waitFor(async () => (await openSagas(shop)).length <= size.running / 10, {
      timeout: backlog,
      message: 'nine of ten sagas end after the participant is back',
    });
    load.begin(rate);
    await sagasFlow(shop);
  });

  it(`recover from faults of processes, brokers, databases and connections, and from jumps of the clock`, async () => {
    const waves = drawSchedule({ seed, faults: size.faults, pause: size.pause, ...(short && few(seed)) });
    const jumps = drawJumps(seed, waves.length);
    console.log(scheduleText(waves));
    say(`the clock jumps by ${jumps.map((by) => `${by / 60_000} min`).join(', ')}`);
    for (const [index, wave] of waves.entries()) {
      await shop.jump(jumps[index] ?? 0);
      await Promise.all(wave.map((fault) => inject(shop, fault)));
      const calm = Date.now();
      await sagasFlow(shop);
      say(`wave ${index + 1}: new orders ended after ${Date.now() - calm} ms`);
    }
  });

  it('end wherever a replica of a service dies', async () => {
    const hits = await dieInSagas(shop, seed, short);
    say([...hits].map(([point, count]) => `${point} ${count}`).join(', '));
    for (const [point, count] of hits)
      for (let hit = 0; hit < count; hit += 1)
        shop.faults.push({
          kind: 'death at a failpoint',
          target: point,
          begun: Date.now(),
          ended: Date.now(),
        });
  });

  it('are stuck only if a compensation fails for good', async () => {
    await load.end();
    const open = await comeToRest(shop, () => incurable(shop, seed));
    const mayBeStuck = await incurable(shop, seed);
    say(`${open.length} stuck, of ${mayBeStuck.size} whose compensation would fail for good`);
    assert.deepEqual(
      open.filter(({ id, stuck }) => !stuck || !mayBeStuck.has(id)),
      [],
    );
    assert.deepEqual(orderFaultsOf(judgeOrders(await readOrderHistory(shop, load.acknowledged)), false), []);
  });

  it('end confirmed or cancelled, with every step done once or undone, and no money or stock missing', async () => {
    await cure(shop.warehouse.database);
    for (const { consumer_group: group, topic, key } of await deadKeys(shop))
      await redriveKey(shop.warehouse.database, { group, topic, key });
    assert.deepEqual(await comeToRest(shop, async () => new Set()), []);
    const verdict = judgeOrders(await readOrderHistory(shop, load.acknowledged));
    console.log(await ordersSummary(shop, verdict, { seed, milliseconds: performance.now() - begun }));
    assert.deepEqual(orderFaultsOf(verdict, true), []);
    assert.deepEqual(
      shop.replicas.flatMap((replica) => replica.crashes()),
      [],
    );
    await waitFor(async () => (await deadKeys(shop)).length === 0, { message: 'no dead letter remains' });
  });
});

const deadKeys = ({ warehouse }: Shop): Promise<{ consumer_group: string; topic: string; key: string }[]> =>
  warehouse.database('event_parked_keys').where({ state: 'dead' }).select('consumer_group', 'topic', 'key');

/** The kinds of faults of a short campaign: one of a process, one of a broker, one of a database or a connection. */
const few = (of: number) =>
  ({
    kinds: [
      (['kill', 'pause'] as const)[of % 2] ?? 'kill',
      (['broker kill', 'leader kill'] as const)[of % 2] ?? 'broker kill',
      (['postgres stop', 'cut'] as const)[of % 2] ?? 'cut',
    ],
  }) as const;

const replay = (): string =>
  `npm run test:faults -- --seed ${seed}${short ? ' --short' : ''} --grep 'sagas of three services'`;
