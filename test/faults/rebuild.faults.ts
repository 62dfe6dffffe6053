import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { javaMissing, skipWithoutKafka } from '../support/kafka.ts';
import { inject } from './inject.ts';
import { readOptions } from './options.ts';
import { bundleProgram } from './programs.ts';
import { openBalanceWorld, type BalanceWorld } from './rebuild/balance-world.ts';
import { comeToRest, rebuild, recovered, switchTo } from './rebuild/operations.ts';
import { startReading, type Reading } from './rebuild/reading.ts';
import { judgeRebuild, rebuildFaults, type Row } from './rebuild/verdict.ts';
import { drawSchedule, scheduleText, type FaultKind } from './schedule.ts';

const { short, seed } = readOptions(process.env);
const folder = path.join('.tmp', 'faults', `rebuild-${seed}`);
const say = (text: string): void => console.log(`      ${text}`);
/** The events before the rebuild, the faults while it runs, changes per second, and the milliseconds of writes before a rollback. */
const { history, faults, rate, writes } = short
  ? { history: 4_000, faults: 3, rate: 40, writes: 3_000 }
  : { history: 40_000, faults: 12, rate: 60, writes: 60_000 };
const kinds: readonly FaultKind[] = ['kill', 'broker kill', 'postgres stop'];

describe(`a projection that is rebuilt under load and faults (seed ${seed})`, function () {
  this.timeout(20 * 60_000);
  const begun = performance.now();
  let world: BalanceWorld;
  let reading: Reading;
  let older: Reading;

  before(async function () {
    skipWithoutKafka(this, javaMissing());
    await rm(folder, { recursive: true, force: true });
    world = await openBalanceWorld(await bundleProgram('rebuild', 'balance-process'), folder);
    await world.fill(history);
    await comeToRest(world, [1]);
    world.setRate(rate);
    [reading, older] = [startReading(world.balances, [1, 2]), startReading(world.olderBalances, [3])];
  });
  after(async () => {
    await reading?.stop();
    await older?.stop();
    await world?.close();
  });

  async function underFaults(of: readonly FaultKind[], drawn: number): Promise<void> {
    const waves = drawSchedule({ seed: drawn, faults: (faults * of.length) / kinds.length, kinds: of });
    console.log(scheduleText(waves));
    for (const wave of waves) await Promise.all(wave.map((fault) => inject(world, fault)));
  }

  it('is served by the release before while replicas, brokers and PostgreSQL fail during the rebuild', async () => {
    await world.deploy(1);
    await rebuild(world);
    await underFaults(kinds, seed);
    say(`version 1 recovered in ${await recovered(world, 1)} ms`);
    assert.equal(older.refused, 0);
    await world.deploy(0);
  });

  it('is switched, rolled back and switched again under load', async () => {
    for (const version of [2, 1, 2])
      say(`version ${version} active after ${await switchTo(world, version)} attempts`);
    await older.stop();
    assert.ok(older.refused > 0, 'the release before must refuse to read version 2');
  });

  it(`equals the fold over the history in both versions, and after a rollback following ${writes / 1_000} s of writes`, async () => {
    await Promise.all([underFaults(kinds.slice(short ? 2 : 0), seed + 1), pause(writes)]);
    say(`rolled back after ${await switchTo(world, 1)} attempts`);
    await pause(writes / 5);
    world.setRate(0);
    await comeToRest(world, [1, 2]);
    const versions = new Map<number, Row[]>();
    for (const version of [1, 2]) {
      if (version === 2) await switchTo(world, version);
      const read = await world.balances.read(async (of) => ({ version: of.version, rows: await of.all() }));
      versions.set(read.version, read.rows);
    }
    await reading.stop();
    const sent = await world.database('sent').select('account', 'sequence', 'amount');
    const verdict = judgeRebuild({ sent, versions, seen: [...reading.seen, ...older.seen] });
    const counts = kinds.map((kind) => `${kind} ${world.faults.filter((each) => each.kind === kind).length}`);
    say(`events ${verdict.events}, reads of rows ${verdict.reads}, faults: ${counts.join(', ')}`);
    say(
      `rows that differ ${verdict.different}, that went backward ${verdict.backward}, gaps ${verdict.gaps}`,
    );
    say(`seed ${seed}, ${((performance.now() - begun) / 60_000).toFixed(1)} min`);
    assert.deepEqual(rebuildFaults(verdict), []);
    assert.deepEqual(verdict.versionsRead, [1, 2]);
    assert.deepEqual(world.crashes(), []);
  });
});
