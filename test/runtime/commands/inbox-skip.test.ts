import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { UnavailableError } from '../../../src/runtime/errors.ts';
import { appendBatch, rawBatch } from '../../support/raw-batches.ts';
import { createFixture, noteWritten, type Fixture } from '../events/consumer-fixture.ts';
import type { Result } from '../support/fixture-service.ts';
import { runHere } from './operated-service.ts';

const { topic } = noteWritten;
const because = ['--reason', 'it makes the tax office hang up'];

describe('microservice-runtime inbox skip', () => {
  let fixture: Fixture;
  let tries = 0;
  before(async () => {
    fixture = await createFixture(1);
    const consumers = fixture.consumers();
    consumers.on(noteWritten, async ({ subject, data }, trx) => {
      if (data.text === 'poison' && (tries += 1)) throw new UnavailableError('hung up');
      await trx('effect').insert({ key: subject, text: data.text });
    });
    consumers.start();
    await fixture.send('a', 'before');
    await fixture.send('b', 'poison');
    await fixture.send('c', 'after');
    await waitFor(() => tries > 0, { timeout: 20_000 });
  });
  after(() => fixture.close());

  const effects = (): Promise<string[]> => fixture.database('effect').orderBy('id').pluck('text');
  const position = async (): Promise<number> =>
    Number((await fixture.database('event_positions').first('position')).position);
  const inbox = (...args: string[]): Promise<Result> =>
    runHere(['inbox', 'skip', ...args], tmpdir(), {
      SERVICE_NAME: 'note-service',
      DATABASE_URL: fixture.config.databaseUrl,
      KAFKA_BOOTSTRAP_SERVERS: fixture.config.kafka.bootstrapServers.join(','),
    });

  it('requires an event and a reason', async () => {
    assert.equal((await inbox(topic, '0', '1')).code, 2);
    assert.equal((await inbox(topic, '0', ...because)).code, 2);
    assert.equal((await inbox(topic, '0', '-1', ...because)).code, 2);
  });

  it('refuses an event that is not the next one of the group, and names the next one', async () => {
    for (const offset of ['0', '2']) {
      const { code, stderr } = await inbox(topic, '0', offset, ...because, '--yes');
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`group note-service-consumer is at 1, not at ${offset}, in note\\.events/0`),
      );
    }
    assert.match(
      (await inbox(topic, '7', '0', ...because, '--yes')).stderr,
      /has no position in note\.events\/7/,
    );
    assert.match(
      (await inbox(topic, '0', '1', ...because, '--group', 'other', '--yes')).stderr,
      /group other has no position/,
    );
    assert.equal(await position(), 1);
  });

  it('prints its effect without --yes, and changes nothing', async () => {
    const { code, stdout } = await inbox(topic, '0', '1', ...because);
    assert.equal(code, 0);
    assert.match(stdout, /is at 1 in note\.events\/0, which ends at 3\./);
    assert.match(stdout, /Nothing was changed/);
    assert.equal(await position(), 1);
    assert.deepEqual(await effects(), ['before']);
  });

  it('moves the group of a running service past the event, and prints the user and the reason', async () => {
    const { code, stdout } = await inbox(topic, '0', '1', ...because, '--yes', '--json');
    assert.equal(code, 0);
    const { by, at, ...record } = JSON.parse(stdout);
    assert.deepEqual(record, {
      ...{
        dryRun: false,
        group: 'note-service-consumer',
        topic,
        partition: 0,
        offset: 1,
        through: 1,
        end: 3,
      },
      reason: 'it makes the tax office hang up',
    });
    assert.match(by, /@/);
    assert.equal(new Date(at).toISOString(), at);
    await waitFor(async () => (await effects()).length === 2, { timeout: 20_000 });
    assert.deepEqual(await effects(), ['before', 'after']);
    assert.ok(fixture.log.some(({ msg }) => /is now at 2 .*or someone skipped them/.test(msg)));
  });

  it('moves the group past a whole batch that cannot be read', async () => {
    const batch = rawBatch({ attributes: 5, count: 4, content: Buffer.from('of an unknown codec') });
    await appendBatch(fixture.config.kafka.bootstrapServers.join(), { topic }, batch);
    await fixture.send('d', 'behind');
    await waitFor(() =>
      fixture.log.some(({ msg }) => msg.includes('inbox skip note.events 0 3 --through 6')),
    );
    assert.equal((await inbox(topic, '0', '3', '--through', '2', ...because)).code, 2);
    const { code, stdout } = await inbox(topic, '0', '3', '--through', '6', ...because, '--yes');
    assert.equal(code, 0);
    assert.match(stdout, /skipped note\.events\/0@3 to 6 .*\nThe group is at 7\./);
    await waitFor(async () => (await effects()).includes('behind'), { timeout: 20_000 });
  });

  it('refuses to pass the end of the log', async () => {
    await waitFor(async () => (await position()) === 8);
    const { code, stderr } = await inbox(topic, '0', '8', ...because, '--yes');
    assert.equal(code, 1);
    assert.match(stderr, /note\.events\/0 ends at 8: it has no event at 8 yet/);
    assert.equal(await position(), 8);
  });
});
