import assert from 'node:assert/strict';
import joi from 'joi';
import { defineEvent } from '../../../src/runtime/events/event/definition.ts';
import { createOutbox } from '../../../src/runtime/events/outbox/publish.ts';
import { createOutboxDatabase, orderPlaced, type OutboxDatabase } from './outbox-fixture.ts';

const second = defineEvent({
  ...orderPlaced,
  version: 2,
  schema: joi.object({ id: joi.string().required(), total: joi.string().required() }),
});
const other = defineEvent({ ...orderPlaced, type: 'order.paid' });
const data = { id: 'o1', total: 1 };
const data2 = { id: 'o1', total: '1' };

describe('bus.publish of several versions', () => {
  let outboxDatabase: OutboxDatabase;
  before(async () => (outboxDatabase = await createOutboxDatabase()));
  after(() => outboxDatabase.close());
  beforeEach(() => outboxDatabase.database('event_outbox').delete());

  const outboxOf = () =>
    createOutbox({
      database: outboxDatabase.database,
      contracts: { published: [orderPlaced, second, other] },
      serviceName: 'order-service',
    });
  const saved = async () =>
    outboxDatabase.database('event_outbox').orderBy('id').pluck<Record<string, string>[]>('headers');

  it('saves the newest first, with ids of their own and a common one', async () => {
    const versions = [orderPlaced.of('o1', data), second.of('o1', data2)] as const;
    await outboxOf().publish(versions);
    await outboxDatabase.database.transaction((trx) => outboxOf().publish(versions, trx));
    const headers = await saved();
    assert.deepEqual(
      headers.map(({ ce_eventversion, ce_oldestversion }) => [ce_eventversion, ce_oldestversion]),
      [
        ['2', '1'],
        ['1', '1'],
        ['2', '1'],
        ['1', '1'],
      ],
    );
    assert.equal(new Set(headers.map(({ ce_id }) => ce_id)).size, 4);
    const occurrences = headers.map(({ ce_occurrenceid }) => ce_occurrenceid);
    assert.equal(occurrences[0], occurrences[1]);
    assert.equal(new Set(occurrences).size, 2);
  });

  it('adds no header to an event in one version', async () => {
    await outboxOf().publish(other.of('o1', data));
    const [headers] = await saved();
    assert.equal(headers && 'ce_occurrenceid' in headers, false);
  });

  it('refuses other events, a version twice, and a missing version, and saves nothing', async () => {
    const { publish } = outboxOf();
    const first = orderPlaced.of('o1', data);
    await assert.rejects(publish([first, other.of('o1', data)]), /order\.paid of o1: they are not versions/);
    await assert.rejects(publish([first, second.of('o2', data2)]), /they are not versions of one event/);
    await assert.rejects(publish([first, first]), /version 1 is given twice/);
    await assert.rejects(publish(first), /cannot publish order\.placed without version 2, which contracts/);
    assert.deepEqual(await saved(), []);
  });
});
