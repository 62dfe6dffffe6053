import assert from 'node:assert/strict';
import { registerVersions } from '../../../src/runtime/projections/store/versions.ts';
import { up as createProjections } from '../../../src/runtime/tables/projections.ts';
import { createFixture, type Fixture } from '../events/consumer-fixture.ts';
import { runHere } from './operated-service.ts';

describe('microservice-runtime projections rebuild', () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await createFixture(1);
    await createProjections(fixture.database);
    for (const version of [1, 2])
      await fixture.database.transaction((trx) =>
        registerVersions(trx, 'notes', [
          {
            ...{ projection: 'notes', version, table: `notes_v${version}` },
            ...{ group: `g.notes.v${version}`, topics: ['note.events'] },
          },
        ]),
      );
    await fixture
      .database('projection_versions')
      .where({ version: 1 })
      .update({ status: 'live', activated_at: new Date(), begin_offsets: '{"note.events/0":0}' });
  });
  after(() => fixture.close());

  const rebuild = (...args: string[]) =>
    runHere(['projections', 'rebuild', 'notes', ...args], '.', {
      SERVICE_NAME: 'note-service',
      DATABASE_URL: fixture.config.databaseUrl,
      KAFKA_BOOTSTRAP_SERVERS: String(fixture.config.kafka.bootstrapServers),
    });
  const status = async (): Promise<string> =>
    (await fixture.database('projection_versions').where({ version: 2 }).first('status')).status;

  it('says where it would begin, refuses if Kafka has deleted events, and begins with --partial', async () => {
    const dry = await rebuild();
    assert.match(
      dry.stdout,
      /Version 2 of projection notes would begin at the earliest event that Kafka has/,
    );
    assert.equal(await status(), 'waiting');
    await fixture.sendMany(['1', '2', '3'].map((text) => ({ key: 'a', text })));
    await fixture.deleteRecords();
    const refused = await rebuild('--yes');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /would be incomplete: Kafka has deleted 3 events of note.events\/0/);
    assert.equal(await status(), 'waiting');
    const begun = await rebuild('--yes', '--partial');
    assert.equal(begun.code, 0, begun.stderr);
    assert.match(begun.stdout, /It lacks 3 events of note.events\/0/);
    assert.equal(await status(), 'live');
    const position = await fixture
      .database('event_positions')
      .where({ consumer_group: 'g.notes.v2' })
      .first();
    assert.equal(Number(position.position), 3);
  });
});
