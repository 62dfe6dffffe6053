import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createFixture, noteWritten, type Fixture } from '../events/consumer-fixture.ts';
import { createFixtureService } from '../support/fixture-service.ts';
import { runHere } from './operated-service.ts';

const { topic } = noteWritten;
const group = 'note-service-consumer';

interface Document {
  kafka: { answers: boolean; error?: string };
  partitions: {
    partition: number;
    position: number | null;
    end: number | null;
    lag: number | null;
    committed: number | null;
  }[];
}

describe('microservice-runtime lag', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(2)));
  afterEach(() => fixture.close());

  const variables = (): Record<string, string> => ({
    SERVICE_NAME: 'note-service',
    DATABASE_URL: fixture.config.databaseUrl,
    KAFKA_BOOTSTRAP_SERVERS: String(fixture.config.kafka.bootstrapServers),
  });
  const lag = (...args: string[]) => runHere(['lag', ...args], '.', variables());
  const json = async (...args: string[]): Promise<Document> => {
    const document: Document = JSON.parse((await lag(...args, '--json')).stdout);
    return document;
  };

  /** Handles three events of one key and stops; two more arrive then. */
  async function fallBehind(): Promise<void> {
    const consumers = fixture.consumers();
    let handled = 0;
    consumers.on(noteWritten, async () => void (handled += 1));
    consumers.start();
    await fixture.sendMany(['1', '2', '3'].map((text) => ({ key: 'a', text })));
    await waitFor(() => handled === 3);
    await consumers.stop();
    await fixture.sendMany(['4', '5'].map((text) => ({ key: 'a', text })));
  }

  it('shows position, committed offset, end and lag of each partition', async () => {
    await fallBehind();
    const { code, stdout } = await lag();
    assert.equal(code, 0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    assert.deepEqual(lines[0], [
      'GROUP',
      'TOPIC',
      'PARTITION',
      'POSITION',
      'COMMITTED',
      'END',
      'LAG',
      'MOVED',
    ]);
    assert.equal(lines.length, 3);
    const behind = lines.find((line) => line[3] === '3');
    assert.deepEqual(behind?.slice(0, 2), [group, topic]);
    assert.deepEqual(behind?.slice(3, 7), ['3', '3', '5', '2']);
    const other = (await json()).partitions.find(({ position }) => position === 0);
    assert.deepEqual([other?.end, other?.lag], [0, 0]);
    assert.deepEqual((await json('--group', 'other')).partitions, []);
    assert.match(
      (await lag('--topic', 'x')).stdout,
      /^No group that matches these flags has handled an event yet\.\n$/,
    );
  });

  it('explains that a service without a handler has no group', async () => {
    assert.equal(
      (await lag()).stdout,
      'No group has handled an event yet. A service that consumes no event has no group.\n',
    );
  });

  it('counts the events of a partition that the group has not begun', async () => {
    await fallBehind();
    await fixture.database('event_positions').where({ consumer_group: group, position: 3 }).del();
    const { partitions } = await json();
    assert.deepEqual(new Set(partitions.map(({ position }) => position)), new Set([0, null]));
    // it continues at the committed offset of the group
    assert.equal(partitions.find(({ position }) => position === null)?.lag, 2);
  });

  it('shows only the positions when Kafka does not answer, and says so', async () => {
    await fallBehind();
    await fixture.stopBroker();
    const { code, stdout, stderr } = await lag();
    const document = await json();
    await fixture.startBroker();
    assert.equal(code, 0);
    assert.match(stderr, /^Kafka at 127.0.0.1:\d+ does not answer \(.*\); positions only:\n$/);
    assert.match(stdout, / +3 +- +- +- +\d+s\n/);
    assert.equal(document.kafka.answers, false);
    assert.deepEqual(
      document.partitions.map(({ lag }) => lag),
      [null, null],
    );
  });

  it('does not create a deleted topic', async () => {
    await fixture
      .database('event_positions')
      .insert({ consumer_group: group, topic: 'gone.events', partition: 0, position: 5 });
    const { partitions, kafka } = await json();
    assert.equal(kafka.answers, true);
    assert.deepEqual(
      partitions.map(({ position, end }) => [position, end]),
      [[5, null]],
    );
    assert.deepEqual(await fixture.driver.listTopics(), [topic]);
  });

  it('runs in the folder of a service with the addresses of its .env', async function () {
    this.timeout(60_000);
    await fallBehind();
    const service = createFixtureService({
      '.env': Object.entries(variables())
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    });
    try {
      const shown = await service.run('microservice-runtime', ['lag']);
      assert.equal(shown.code, 0, shown.stderr);
      assert.match(shown.stdout, /^GROUP +TOPIC .*\nnote-service-consumer +note.events /);
      const none = await service.run('microservice-runtime', ['parked', 'list']);
      assert.deepEqual([none.code, none.stdout], [0, 'No event is parked.\n']);
      const misused = await service.run('microservice-runtime', ['dead-letters', 'drop']);
      assert.equal(misused.code, 2);
      const failed = await service.run('microservice-runtime', ['outbox', 'list']);
      assert.equal(failed.code, 1);
      assert.match(failed.stderr, /relation "event_outbox" does not exist; run npx knex migrate:latest\n$/);
    } finally {
      service.remove();
    }
  });
});
