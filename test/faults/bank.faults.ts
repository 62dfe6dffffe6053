import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { failpoints } from '../../src/runtime/async/failpoint.ts';
import { javaMissing, skipWithoutKafka } from '../support/kafka.ts';
import { dieEverywhere } from './crash-points.ts';
import { keepEvidence } from './evidence.ts';
import { startInfrastructure, type Infrastructure } from './infrastructure.ts';
import { readOptions, replayCommand } from './options.ts';
import { bundleBank } from './programs.ts';
import { comeToRest, countSent, flows } from './rest.ts';
import { poisonAnAccount } from './scenarios/poison.ts';
import { redriveRefused } from './scenarios/refused.ts';
import { takeKafkaAway } from './scenarios/kafka-away.ts';
import { takePostgresAway } from './scenarios/postgres-away.ts';
import { drawSchedule, faultKinds, scheduleText } from './schedule.ts';
import { summary } from './summary.ts';
import { faultsOf, judge } from './verdict.ts';
import { runWaves } from './waves.ts';
import { openWorld, type World } from './world.ts';

const options = readOptions(process.env);
const folder = path.join('.tmp', 'faults', String(options.seed));
const say = (text: string) => console.log(`      ${text}`);

describe(`two banks that send each other money, under faults (seed ${options.seed})`, function () {
  this.timeout(options.minutes * 60_000);
  const begun = performance.now();
  let infrastructure: Infrastructure;
  let world: World;
  let failed = false;

  before(async function () {
    skipWithoutKafka(this, javaMissing());
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    infrastructure = await startInfrastructure();
    world = await openWorld({ infrastructure, programs: await bundleBank(), poisonEvery: 300, folder });
    world.setRate(options.rate);
    await flows(world);
  });
  afterEach(function () {
    failed ||= this.currentTest?.state === 'failed';
  });
  after(async () => {
    await world?.close();
    await infrastructure?.stop();
    if (failed) say(`the history is in ${folder}; again: ${replayCommand(options)}`);
    else await rm(folder, { recursive: true, force: true });
  });

  it(`recover from at least ${options.faults} faults of ${faultKinds.length} kinds`, async () => {
    const waves = drawSchedule(options);
    console.log(scheduleText(waves));
    await runWaves(world, waves, (wave, recovery) =>
      say(`wave ${wave} of ${waves.length}: recovered in ${recovery} ms`),
    );
  });

  it(`die at each failpoint, ${options.deaths} times`, async () => {
    const hits = await dieEverywhere(world, options.deaths, options.seed);
    say([...hits].map(([point, count]) => `${point} ${count}`).join(', '));
    assert.deepEqual(
      Object.fromEntries(hits),
      Object.fromEntries(failpoints.map((point) => [point, options.deaths])),
    );
  });

  it('continue in order with an account whose event Kafka refused, after its redrive', async () => {
    const { blocked, sequences } = await redriveRefused(world);
    say(`${blocked} keys redriven`);
    assert.deepEqual(sequences, [1, 2, 3, 4, 5, 6]);
  });

  it('delay no other key by a second when an event is poisonous, and continue the key of that event in order after its redrive', async () => {
    const { neighbours, neighbourEvents, others, queued, sequences } = await poisonAnAccount(world);
    say(
      `longest duration of ${neighbourEvents} neighbors ${neighbours} ms, in other partitions ${others} ms; ${queued} queued`,
    );
    assert.ok(neighbours - others < 1_000, `neighbors took up to ${neighbours} ms, others ${others} ms`);
    assert.deepEqual(
      sequences,
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  });

  it(`serve during a Kafka outage of ${options.kafkaOutage / 1_000} s, and send all events afterwards`, async () => {
    const { sent, waiting, answers } = await takeKafkaAway(world, options.kafkaOutage);
    say(`${sent} sent meanwhile, ${waiting} waited at the end; answers ${answersText(answers)}`);
    assert.deepEqual([...answers.keys()], [201]);
    assert.ok(sent > (options.rate * options.kafkaOutage) / 4_000, `only ${sent} were sent meanwhile`);
    assert.ok(waiting >= sent * 0.9, `only ${waiting} waited`);
  });

  it('answer 503 during a PostgreSQL outage, and recover automatically', async () => {
    const { answers, others, back } = await takePostgresAway(world, 10_000);
    say(`answers ${answersText(answers)}, of the other bank ${answersText(others)}; back after ${back} ms`);
    assert.deepEqual([...answers.keys()], [503]);
    assert.deepEqual([...others.keys()], [201]);
  });

  it(`lose, repeat and reorder none of at least ${options.events} events`, async () => {
    await waitFor(async () => (await countSent(world)) >= options.events, {
      timeout: options.minutes * 60_000,
    });
    await comeToRest(world);
    const history = await world.history();
    const verdict = judge(history);
    console.log(summary(verdict, history, { seed: options.seed, milliseconds: performance.now() - begun }));
    const wrong = faultsOf(verdict);
    if (wrong.length > 0) await keepEvidence(world, history);
    assert.deepEqual(wrong, []);
    assert.ok(verdict.rolledBack > 0);
    assert.deepEqual(
      world.replicas.flatMap((replica) => replica.crashes()),
      [],
    );
  });
});

const answersText = (answers: ReadonlyMap<number, number>): string =>
  [...answers].map(([status, count]) => `${status} ${count} times`).join(', ');
