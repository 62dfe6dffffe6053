import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import type { EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import { createFixture, noteWritten, type Fixture, type LogLine, type Note } from './consumer-fixture.ts';

const keep: EventHandler<Note> = ({ subject, data }, trx) =>
  trx('effect').insert({ key: subject, text: data.text });

describe('a handler that fails', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(1)));
  afterEach(() => fixture.close());

  const effects = async (): Promise<string[]> => fixture.database('effect').orderBy('id').pluck('text');
  const errors = (): LogLine[] => fixture.log.filter(({ level }) => level === 'error');

  function consume(handler: EventHandler<Note>, settings = {}): Consumers {
    const consumers = fixture.consumers(settings);
    consumers.on(noteWritten, handler);
    consumers.start();
    return consumers;
  }

  it('is retried a few times in place, while the events behind it wait', async () => {
    let tries = 0;
    consume(async (event, trx) => {
      await keep(event, trx);
      if (event.data.text === 'second' && (tries += 1) < 3) throw new Error('not yet');
    });
    await fixture.sendMany(['first', 'second', 'third'].map((text) => ({ key: 'a', text })));
    await waitFor(async () => (await effects()).length === 3);
    assert.deepEqual(await effects(), ['first', 'second', 'third']);
    assert.deepEqual(errors(), []);
    assert.equal(Number((await fixture.database('event_parked_keys').count())[0]?.['count']), 0);
  });

  it('names the event in the log: its type, id, key and place', async () => {
    consume(async () => {
      throw new Error('never');
    });
    const id = await fixture.send('a', 'x');
    const { msg } = await waitFor(() => errors().find(({ msg: text }) => text.includes('parked')));
    const place = String.raw`note\.events/0@0`;
    assert.match(
      msg,
      new RegExp(
        `note\\.written ${id} of key "a" at ${place} could not be handled: never; the event is parked \\(failure, 3 tries\\)`,
      ),
    );
  });

  it('appears in the status and the metrics, while the other events of its group continue', async () => {
    const registry = new (await import('prom-client')).Registry();
    const consumers = consume(
      async () => {
        throw new Error('never');
      },
      { registry, inPlaceDelays: [1, 50_000] },
    );
    await fixture.send('a', 'x');
    const retrying = await waitFor(() => consumers.status()[0]?.partitions[0]?.retrying);
    assert.match(retrying.error, /never/);
    assert.match(await registry.metrics(), /microservice_consumer_lag\{[^}]+\} 1/);
    await waitFor(async () =>
      /failures_total\{group="[^"]+",topic="note.events"\} ([2-9]|\d\d)/.test(await registry.metrics()),
    );
    assert.deepEqual(await effects(), []);
  });

  it('is interrupted by stop while it waits for its next attempt', async () => {
    const consumers = consume(
      async () => {
        throw new Error('never');
      },
      { inPlaceDelays: [50_000] },
    );
    await fixture.send('a', 'x');
    await waitFor(() => consumers.status()[0]?.partitions[0]?.retrying);
    const begun = performance.now();
    await consumers.stop();
    assert.ok(performance.now() - begun < 25_000, `took ${performance.now() - begun} ms`);
    assert.equal((await fixture.database('event_parked')).length, 0);
  });

  it('is awaited by stop, which commits its work and leaves the rest to the next member', async () => {
    const handler = new EventEmitter();
    const consumers = consume(async (event, trx) => {
      await keep(event, trx);
      handler.emit('begun');
      if (event.data.text === 'first') await once(handler, 'released');
    });
    const begun = once(handler, 'begun');
    await fixture.sendMany(['first', 'second'].map((text) => ({ key: 'a', text })));
    await begun;
    const stopped = consumers.stop();
    handler.emit('released');
    await stopped;
    assert.deepEqual(await effects(), ['first']);
    consume(keep);
    await waitFor(async () => (await effects()).length === 2);
    assert.deepEqual(await effects(), ['first', 'second']);
  });

  it('fails at its deadline, and its work is rolled back', async () => {
    let tries = 0;
    consume(
      async (event, trx) => {
        await keep(event, trx);
        if ((tries += 1) === 1) await sleep(10_000, undefined, { ref: false });
      },
      { handlerTimeout: 100 },
    );
    await fixture.send('a', 'slow');
    await waitFor(async () => (await effects()).length > 0);
    assert.deepEqual(await effects(), ['slow']);
    assert.match(errors()[0]?.msg ?? '', /took longer than 100 ms/);
  });

  it('fails even if it catches the error of a statement, since PostgreSQL then commits nothing', async () => {
    let tries = 0;
    consume(async (event, trx) => {
      await keep(event, trx);
      tries += 1;
      if (tries === 1) await trx.raw('select 1/0').catch(() => {});
      if (tries === 2) void trx.raw('select 1/0').catch(() => {});
    });
    await fixture.send('a', 'kept');
    await waitFor(async () => (await effects()).length === 1);
    assert.equal(tries, 3);
    assert.ok(fixture.log.some(({ msg }) => /rolled back .*savepoint/.test(msg)));
  });

  it('has a hanging statement canceled at its deadline', async () => {
    let tries = 0;
    consume(
      async (event, trx) => {
        if ((tries += 1) === 1) await trx.raw('select pg_sleep(30)');
        await keep(event, trx);
      },
      { handlerTimeout: 200 },
    );
    await fixture.send('a', 'slow');
    await waitFor(async () => (await effects()).length > 0);
  });

  it('is retried at once after a deadlock or a serialization failure, without an error', async () => {
    let tries = 0;
    consume(
      async (event, trx) => {
        if ((tries += 1) === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
        if (tries === 2) throw Object.assign(new Error('could not serialize'), { code: '40001' });
        await keep(event, trx);
      },
      { retryDelay: { first: 60_000, max: 60_000 } },
    );
    await fixture.send('a', 'x');
    await waitFor(async () => (await effects()).length === 1);
    assert.deepEqual(errors(), []);
  });
});

describe('a database that becomes unavailable', () => {
  let fixture: Fixture;
  before(async () => (fixture = await createFixture(2)));
  after(() => fixture.close());

  it('loses no event and repeats none', async () => {
    const consumers = fixture.consumers();
    consumers.on(noteWritten, ({ data }, trx) => trx('effect').insert({ text: data.text }));
    consumers.start();
    for (let round = 0; round < 5; round += 1) {
      const notes = Array.from({ length: 200 }, (_, index) => ({
        key: `k${index % 7}`,
        text: `${round}-${index}`,
      }));
      await fixture.sendMany(notes);
      await fixture.database
        .raw(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        )
        .catch(() => {});
    }
    await waitFor(
      async () =>
        Number((await fixture.database('effect').count({ count: '*' }).first())?.['count']) >= 1_000,
    );
    const texts = await fixture.database('effect').pluck('text');
    assert.equal(new Set(texts).size, 1_000);
    assert.equal(texts.length, 1_000);
  });
});
