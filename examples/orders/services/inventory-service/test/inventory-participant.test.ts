import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig, type Config } from '../src/config.ts';
import { inventoryCancelled, inventoryRequested } from '../src/events/inventory-requests.ts';
import type { Item } from '../src/models/item.ts';
import { newItem } from './new-item.ts';

describe('the requests of order-service', () => {
  let parts: ReturnType<typeof createService>;
  let service: TestService;
  before(async () => {
    service = await startService((config: Config) => (parts = createService(config)), readConfig);
  });
  after(() => service.stop());

  const reply = (id: string, type: string) => service.waitForEvent('inventory.events', { type, subject: id });

  const rows = () => parts.database<Item>('items');
  /** Resolves to the id of an item with a quantity of 3. */
  const insert = async () => {
    const row = { ...newItem(), quantity: 3 };
    const [inserted] = await rows().insert(row).returning('id');
    return inserted?.id ?? assert.fail();
  };
  const left = async (id: string) => (await rows().where({ id }).first('quantity'))?.quantity;
  const data = (id: string, itemId: string) => ({ requestId: id, itemId, quantity: 2 });

  it('handles a request, and replies with inventory.reserved', async () => {
    const id = randomUUID();
    const row = await insert();
    await service.publish(inventoryRequested.of(id, data(id, row)));
    assert.equal((await reply(id, 'inventory.reserved')).subject, id);
    assert.equal(await left(row), 1);
  });

  it('refuses a request for more than the row has, with inventory.failed', async () => {
    const row = await insert();
    for (const type of ['inventory.reserved', 'inventory.failed']) {
      const id = randomUUID();
      await service.publish(inventoryRequested.of(id, data(id, row)));
      await reply(id, type);
    }
    assert.equal(await left(row), 1);
  });

  it('undoes a canceled request, and confirms with inventory.released', async () => {
    const id = randomUUID();
    const row = await insert();
    const request = data(id, row);
    await service.publish(inventoryRequested.of(id, request));
    await service.publish(inventoryCancelled.of(id, request));
    await reply(id, 'inventory.released');
    assert.equal(await left(row), 3);
  });
});
