import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Knex } from 'knex';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { KafkaConfig } from '../../../src/runtime/config/kafka-config.ts';
import { ConflictError } from '../../../src/runtime/errors.ts';
import { defineEvent, type EventContracts } from '../../../src/runtime/events/event/definition.ts';
import { createEventBus, type EventBus } from '../../../src/runtime/events/event-bus.ts';
import { down as dropInbox2 } from '../../../src/runtime/tables/event-inbox-2.ts';
import { up as createOutbox } from '../../../src/runtime/tables/event-outbox.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

describe('createEventBus', () => {
  let fixture: Fixture;
  let buses: EventBus[];
  beforeEach(async () => {
    buses = [];
    fixture = await createFixture();
    await createOutbox(fixture.database);
  });
  afterEach(async () => {
    await Promise.all(buses.map((each) => each.stop()));
    await fixture.close();
  });

  const texts = (): Promise<string[]> => fixture.database('effect').orderBy('id').pluck('text');

  function bus(contracts: Partial<EventContracts>, kafka: Partial<KafkaConfig> = {}): EventBus {
    const { database, logger } = fixture;
    const config = { ...fixture.config, kafka: { ...fixture.config.kafka, ...kafka } };
    const created = createEventBus({
      config,
      database,
      logger,
      contracts: { published: [], consumed: [], ...contracts },
    });
    buses.push(created);
    return created;
  }

  it('delivers an event that was saved with its change to another service, once and in order', async () => {
    const publisher = bus({ published: [noteWritten] });
    const consumer = bus({ consumed: [noteWritten] });
    consumer.on(noteWritten, ({ subject, data }, trx) =>
      trx('effect').insert({ key: subject, text: data.text }),
    );
    await Promise.all([publisher.start(), consumer.start()]);
    for (let index = 0; index < 50; index += 1) {
      await fixture.database.transaction(async (trx) => {
        await publisher.publish(noteWritten.of('a', { text: String(index) }), trx);
      });
    }
    await waitFor(async () => (await texts()).length >= 50);
    assert.deepEqual(
      await texts(),
      Array.from({ length: 50 }, (_, index) => String(index)),
    );
    assert.equal(publisher.status().kafka, 'up');
    assert.equal(consumer.status().kafka, 'up');
    assert.ok(publisher.healthy());
  });

  it('leaves no handle open after stop, even during the creation of its topics', async () => {
    const { serviceName, databaseUrl, kafka } = fixture.config;
    const script = path.join(import.meta.dirname, 'bus-exit-process.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      env: {
        ...process.env,
        SERVICE_NAME: serviceName,
        DATABASE_URL: databaseUrl,
        KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers.join(','),
        LOG_LEVEL: 'error',
      },
      stdio: 'inherit',
      timeout: 25_000,
    });
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('lets a handler publish in its transaction, with the ids of the causing event', async () => {
    const both = bus({ published: [noteWritten], consumed: [noteWritten] });
    const causes: (string | undefined)[] = [];
    both.on(noteWritten, async (event, trx) => {
      causes.push(event.causationId);
      if (event.data.text === 'first') await both.publish(noteWritten.of('b', { text: 'second' }), trx);
    });
    await both.start();
    const id = await fixture.send('a', 'first');
    await waitFor(() => causes.length === 2);
    assert.deepEqual(causes, [undefined, id]);
  });

  it('lets a handler call a service in its transaction, whose events follow its savepoint', async () => {
    const both = bus({ published: [noteWritten], consumed: [noteWritten] });
    // as a generated service has it
    const write = (text: string, outer: Knex = fixture.database, fails = false) =>
      outer.transaction(async (trx) => {
        await trx('effect').insert({ key: 'b', text });
        await both.publish(noteWritten.of('b', { text }), trx);
        if (fails) throw new ConflictError(`${text} is taken`);
      });
    const heard: string[] = [];
    const attempts: string[] = [];
    both.on(noteWritten, async ({ subject, data }, trx) => {
      if (subject === 'b') {
        heard.push(data.text);
        return;
      }
      attempts.push(data.text);
      await write('kept', trx);
      await assert.rejects(write('refused', trx, true), ConflictError);
      await write('kept too', trx);
      if (attempts.length === 1) throw new Error('fails after its calls');
    });
    await both.start();
    await fixture.send('a', 'first');
    await waitFor(() => heard.includes('kept too'));
    assert.equal(attempts.length, 2);
    assert.deepEqual(await texts(), ['kept', 'kept too']);
    await write('last');
    await waitFor(() => heard.includes('last'));
    assert.deepEqual(heard, ['kept', 'kept too', 'last']);
  });

  it('starts without Kafka, reports that, and stops within seconds', async () => {
    await fixture.stopBroker();
    const both = bus({ published: [noteWritten], consumed: [noteWritten] });
    both.on(noteWritten, async () => {});
    await both.start();
    await both.publish(noteWritten.of('a', { text: 'kept' }));
    const { error } = await waitFor(() => [both.status()].find((status) => status.error));
    assert.match(error ?? '', /ECONNREFUSED|onnection/);
    assert.equal(both.status().kafka, 'down');
    assert.ok(both.healthy());
    const begun = performance.now();
    await both.stop();
    assert.ok(performance.now() - begun < 15_000, `took ${performance.now() - begun} ms`);
    assert.equal((await fixture.database('event_outbox')).length, 1);
  });

  it('handles events while a topic that it publishes to cannot be created', async () => {
    const noteBurnt = defineEvent({ ...noteWritten, type: 'note.burnt', topic: 'burnt.events' });
    const both = bus({ published: [noteBurnt], consumed: [noteWritten] }, { topicReplicationFactor: 3 });
    const heard: string[] = [];
    both.on(noteWritten, async ({ data }) => void heard.push(data.text));
    await both.start();
    await fixture.send('a', 'heard');
    await waitFor(() => heard.length === 1);
    assert.match(both.status().error ?? '', /burnt\.events could not be created/);
  });

  it('does not connect to Kafka if it publishes and consumes no event', async () => {
    await fixture.stopBroker();
    await fixture.database.schema.dropTable('event_outbox');
    const idle = bus({});
    await idle.start();
    assert.deepEqual(idle.status(), { kafka: 'unused', consumers: [] });
  });

  it('does not start without its tables, and says which migration to add', async () => {
    await fixture.database.schema.dropTable('event_inbox');
    const consumer = bus({ consumed: [noteWritten] });
    consumer.on(noteWritten, async () => {});
    await assert.rejects(consumer.start(), /event_inbox is missing; add a migration .*tables\/event-inbox/);
  });

  it('does not start without the tables of parked events, and says which migration to add', async () => {
    await fixture.database.schema.dropTable('event_parked');
    const consumer = bus({ consumed: [noteWritten] });
    consumer.on(noteWritten, async () => {});
    await assert.rejects(consumer.start(), /event_parked is missing; add a migration .*tables\/event-parked/);
  });

  it('refuses a topic that is too long for Kafka with its prefix', () => {
    assert.throws(
      () => bus({ published: [noteWritten] }, { topicPrefix: 'x'.repeat(240) }),
      /topic x+note\.events has 251 characters, and Kafka accepts at most 249; choose a shorter KAFKA_TOPIC_PREFIX/,
    );
  });

  it('names the migration that an older database lacks', async () => {
    await dropInbox2(fixture.database);
    const consumer = bus({ consumed: [noteWritten] });
    consumer.on(noteWritten, () => Promise.resolve());
    await assert.rejects(
      consumer.start(),
      /column topic_id of table event_positions is missing; add a migration .*tables\/event-inbox-2.*npx knex migrate:latest/,
    );
  });

  it('shows parked events in its status and its metrics', async () => {
    const consumer = bus({ consumed: [noteWritten] });
    consumer.on(noteWritten, async () => Promise.reject(new TypeError('never')));
    await consumer.start();
    await fixture.send('a', 'poison');
    await fixture.send('a', 'behind');
    await waitFor(() => consumer.status().consumers[0]?.parked === 1);
    await waitFor(async () => (await fixture.database('event_parked')).length === 2);
    const metrics = await consumer.registry.metrics();
    assert.match(metrics, /microservice_parked_keys\{group="note-service-consumer",state="parked"\} 1/);
    assert.match(metrics, /microservice_parked_keys\{group="note-service-consumer",state="dead"\} 0/);
    assert.match(metrics, /microservice_parked_events\{group="note-service-consumer"\} 2/);
    assert.match(metrics, /microservice_parked_events\{group="outbox"\} 0/);
    assert.match(metrics, /microservice_consumer_handle_seconds/);
  });

  it('warns of a contract without a handler', async () => {
    await bus({ consumed: [noteWritten] }).start();
    assert.ok(
      fixture.log.some(({ msg }) =>
        /note\.written version 1 of contracts\.consumed has no handler/.test(msg),
      ),
    );
  });

  it('shows its metrics', async () => {
    const both = bus({ published: [noteWritten], consumed: [noteWritten] });
    both.on(noteWritten, async () => {});
    await both.start();
    await both.publish(noteWritten.of('a', { text: 'x' }));
    await waitFor(async () =>
      /microservice_consumer_handled_total\{[^}]+\} 1/.test(await both.registry.metrics()),
    );
    assert.match(await both.registry.metrics(), /microservice_consumer_delay_seconds_count/);
  });
});
