import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  databasePart,
  readEnvironment,
  startParts,
  stopParts,
} from 'microservice-runtime';
import {
  type TestClock,
  type TestEnvironment,
  createClock,
  createTestEnvironment,
  testParts,
  waitFor,
} from '../../../../src/devkit/testing.ts';
import { type ServiceFolder, createServiceFolder } from '../../dev/service-folder.ts';
import { createTrials, days, trialEnded, userCreated } from './trials.ts';

describe('the example of docs/testing.md', () => {
  let folder: ServiceFolder;
  let service: Awaited<ReturnType<typeof startService>>;

  before(async () => {
    folder = await createServiceFolder(migrations);
    service = await startService(folder.root);
  });
  after(async () => {
    await service.stop();
    await testParts(folder).mochaGlobalTeardown();
    await folder.remove();
  });

  it('publishes trial.ended after fourteen days, and not a moment before', async () => {
    const { test, clock, trials } = service;
    const [early, late] = [randomUUID(), randomUUID()];
    await test.publish(userCreated.of(early, { email: 'early@example.org' }));
    await waitFor(() => trials.find(early), { message: 'the trial of the first user' });
    clock.advance(1);
    await test.publish(userCreated.of(late, { email: 'late@example.org' }));
    await waitFor(() => trials.find(late), { message: 'the trial of the second user' });

    clock.advance(days(14) - 1);
    await trials.endDue();
    const ended = () => test.published('trial.events');
    await waitFor(async () => (await ended()).length > 0, { message: 'trial.ended' });
    clock.advance(1);
    await trials.endDue();
    await waitFor(async () => (await ended()).length > 1, { message: 'the second trial.ended' });

    const endings = (await ended()).map(({ subject, data }) => ({ subject, data }));
    assert.deepEqual(
      endings.toSorted((one) => (one.subject === early ? -1 : 1)),
      [
        { subject: early, data: { email: 'early@example.org', endedAt: '2026-01-15T00:00:00.000Z' } },
        { subject: late, data: { email: 'late@example.org', endedAt: '2026-01-15T00:00:00.001Z' } },
      ],
    );
  });
});

interface StartedService {
  test: TestEnvironment;
  clock: TestClock;
  trials: ReturnType<typeof createTrials>;
  stop: () => Promise<void>;
}

async function startService(root: string): Promise<StartedService> {
  const test = await createTestEnvironment({ root });
  const config = readEnvironment(test.environment);
  const logger = createLogger(config);
  const database = connectDatabase(config, logger);
  const contracts = { published: [trialEnded], consumed: [userCreated] };
  const bus = createEventBus({ config, database, contracts, logger });
  const clock = createClock('2026-01-01T00:00:00Z');
  const trials = createTrials({ database, bus, now: clock.now });
  bus.on(userCreated, ({ subject, data }, trx) => trials.begin(subject, data.email, trx));
  const parts = [databasePart(database), bus];
  await startParts(parts);
  const stop = async () => {
    await stopParts(parts);
    await test.close();
  };
  return { test, clock, trials, stop };
}

const migrations = {
  'migrations/20260101000000_event_outbox.ts': `export { down, up } from 'microservice-runtime/tables/event-outbox';`,
  'migrations/20260101000001_event_inbox.ts': `export { down, up } from 'microservice-runtime/tables/event-inbox';`,
  'migrations/20260101000002_event_parked.ts': `export { down, up } from 'microservice-runtime/tables/event-parked';`,
  'migrations/20260101000003_event_inbox_2.ts': `export { down, up } from 'microservice-runtime/tables/event-inbox-2';`,
  'migrations/20260101000004_trials.ts': `
    import type { Knex } from 'knex';
    export const up = (knex: Knex) => knex.schema.createTable('trials', (table) => {
      table.text('user_id').primary();
      table.text('email').notNullable();
      table.timestamp('ends_at').notNullable();
    });
    export const down = (knex: Knex) => knex.schema.dropTable('trials');
  `,
};
