import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createInboxPruner } from '../../../src/runtime/events/inbox/pruner.ts';
import { createFixture, type Fixture } from './consumer-fixture.ts';

const HOUR = 60 * 60 * 1_000;

describe('the pruner of the inbox', () => {
  let fixture: Fixture;
  let stop: () => Promise<void>;
  /** Kafka's next answer about the topic; an error if it does not answer. */
  let kept: number | undefined | Error;
  let asked: number;

  before(async () => (fixture = await createFixture(1)));
  after(() => fixture.close());
  beforeEach(async () => {
    fixture.log.length = 0;
    asked = 0;
    await fixture.database('event_inbox').delete();
    const rows = [1, 3, 5].map((hours) => ({
      consumer_group: 'g',
      topic: 't',
      source: 's',
      event_id: `${hours} h`,
      received_at: new Date(Date.now() - hours * HOUR - 1_000),
    }));
    await fixture.database('event_inbox').insert(rows);
  });
  afterEach(() => stop());

  function start(): void {
    const pruner = createInboxPruner({
      database: fixture.database,
      logger: fixture.logger,
      topics: () => ['t'],
      retention: 2 * HOUR,
      delays: { first: 0, next: 5, failed: 5 },
      driver: {
        async topicRetention() {
          asked += 1;
          if (kept instanceof Error) throw kept;
          return kept;
        },
      },
    });
    stop = () => pruner.stop();
    pruner.start();
  }

  const left = (): Promise<string[]> => fixture.database('event_inbox').orderBy('event_id').pluck('event_id');
  const leaves = async (...ids: string[]): Promise<void> => {
    const enough = asked + 5;
    await waitFor(() => asked > enough);
    assert.deepEqual(await left(), ids);
  };
  const said = (pattern: RegExp): number => fixture.log.filter(({ msg }) => pattern.test(msg)).length;

  it('deletes entries that are older than the setting', async () => {
    kept = HOUR;
    start();
    await leaves('1 h');
  });

  it('keeps entries for as long as Kafka keeps events, and follows changes of the retention', async () => {
    kept = 4 * HOUR;
    start();
    await leaves('1 h', '3 h');
    kept = 0;
    await leaves('1 h');
  });

  it('deletes no entry of a topic with unlimited retention, and logs the remedy once', async () => {
    kept = Infinity;
    start();
    await leaves('1 h', '3 h', '5 h');
    assert.equal(said(/keeps t without a time limit.*retention\.ms/), 1);
  });

  it('uses the setting if Kafka does not show the retention, and logs that once', async () => {
    kept = undefined;
    start();
    await leaves('1 h');
    assert.equal(said(/cannot read how long Kafka keeps t.*DescribeConfigs/), 1);
  });

  it('deletes nothing before Kafka has answered', async () => {
    kept = new Error('connect ECONNREFUSED');
    start();
    await leaves('1 h', '3 h', '5 h');
    kept = HOUR;
    await leaves('1 h');
  });
});
