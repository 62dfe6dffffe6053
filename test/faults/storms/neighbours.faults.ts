import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { startKafkaOrSkip, type Kafka } from '../../support/kafka.ts';
import { createNeighbourWorld, type Handled, type NeighbourWorld } from './neighbours.ts';

const neighbours = Array.from({ length: 6 }, (_, index) => `neighbour-${index}`);
/** Keys of another partition, whose events are delayed only by the machine. */
const calm = ['calm-0', 'calm-1'];
const usual = [...neighbours, ...calm];

/** The limit in milliseconds for the delay of any other key of the partition. */
const patience = 1_000;

describe('in one partition of Apache Kafka, the neighbors', function () {
  this.timeout(180_000);
  let kafka: Kafka;
  let world: NeighbourWorld;
  before(async function () {
    kafka = await startKafkaOrSkip(this);
  });
  after(() => kafka?.stop());
  afterEach(() => world?.close());

  it('of a poison event are delayed by less than a second, and its key continues in order after a redrive', async () => {
    let broken = true;
    world = await createNeighbourWorld({
      bootstrapServers: kafka.bootstrapServers,
      settings: { parkDelay: { first: 100, max: 1_000 }, parkedTries: 5 },
      async strike(key) {
        if (broken && key === 'poison') throw new Error('poison');
        if (broken && key === 'bug') throw new TypeError('no function');
      },
    });
    await world.publishFor(500, usual);
    await world.allHandled();
    await world.publishFor(10_000, [...usual, 'poison', 'bug']);
    await waitFor(async () => (await world.parkedKeys('dead')).length === 2, { timeout: 30_000 });
    const dead = await world.parkedKeys('dead');
    assert.deepEqual(dead.map(({ key, reason }) => `${key}: ${reason}`).toSorted(), [
      'bug: bug',
      'poison: failure',
    ]);
    assert.ok((await world.history()).every(({ key }) => usual.includes(key)));
    broken = false;
    for (const key of dead) assert.ok(await world.redrive(key));
    await world.publishFor(3_000, [...usual, 'poison', 'bug']);
    await world.allHandled();
    const history = await world.history();
    onceAndInOrder(history);
    waitedAtMost(patience, history);
  });

  it('of a hanging handler are delayed by its deadline once, and later by less than a second', async () => {
    const handlerTimeout = 2_000;
    let broken = true;
    world = await createNeighbourWorld({
      bootstrapServers: kafka.bootstrapServers,
      settings: { handlerTimeout, parkDelay: { first: 500, max: 1_000 }, parkedTries: 1_000 },
      strike: (key) => (broken && key === 'hung' ? new Promise(() => {}) : Promise.resolve()),
    });
    await world.publishFor(500, usual);
    await world.allHandled();
    await world.publishFor(10_000, [...usual, 'hung']);
    const [parked] = await world.parkedKeys('parked');
    assert.equal(parked?.reason, 'timeout');
    broken = false;
    await world.publishFor(1_000, [...usual, 'hung']);
    await world.allHandled();
    const history = await world.history();
    onceAndInOrder(history);
    waitedAtMost(handlerTimeout + patience, history);
    waitedAtMost(
      patience,
      history.filter(({ publishedAt }) => publishedAt > parked.parkedAt),
    );
  });

  function onceAndInOrder(history: readonly Handled[]): void {
    for (const [key, count] of world.published()) {
      const sequences = history.filter((handled) => handled.key === key).map(({ sequence }) => sequence);
      assert.deepEqual(
        sequences,
        Array.from({ length: count }, (_, index) => index + 1),
        key,
      );
    }
  }
});

function waitedAtMost(milliseconds: number, history: readonly Handled[]): void {
  const [slowest, machine] = [longestWait(neighbours, history), longestWait(calm, history)];
  console.log(
    `      the slowest neighbour waited for ${slowest} ms, the slowest other event for ${machine} ms`,
  );
  const delay = slowest - machine;
  assert.ok(
    delay < milliseconds,
    `neighbors were delayed by ${delay} ms, and ${milliseconds} ms are the most`,
  );
}

const longestWait = (keys: readonly string[], history: readonly Handled[]): number =>
  Math.max(
    ...history
      .filter(({ key }) => keys.includes(key))
      .map(({ publishedAt, handledAt }) => handledAt.getTime() - publishedAt.getTime()),
  );
