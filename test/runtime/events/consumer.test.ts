import assert from 'node:assert/strict';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

describe('a consumer', () => {
  let fixture: Fixture;
  before(async () => (fixture = await createFixture()));
  after(() => fixture.close());

  it('hands an event to its handler, with its transaction', async () => {
    const consumers = fixture.consumers();
    const heard = new Promise<string>((resolve) => {
      consumers.on(noteWritten, async (event, trx) => {
        await trx('effect').insert({ key: event.subject, text: event.data.text });
        resolve(event.data.text);
      });
    });
    consumers.start();
    await fixture.send('a', 'hello');
    assert.equal(await heard, 'hello');
  });
});
