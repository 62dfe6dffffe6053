import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig, type Config } from '../src/config.ts';
import { paymentCancelled, paymentRequested } from '../src/events/payment-requests.ts';
import type { Payment } from '../src/models/payment.ts';

describe('the requests of order-service', () => {
  let parts: ReturnType<typeof createService>;
  let service: TestService;
  before(async () => {
    service = await startService((config: Config) => (parts = createService(config)), readConfig);
  });
  after(() => service.stop());

  const reply = (id: string, type: string) => service.waitForEvent('payment.events', { type, subject: id });
  const rows = (orderId: string) => parts.database<Payment>('payments').where({ orderId });
  const data = (id: string) => ({ requestId: id, amount: '24.50' });

  it('handles a request, and replies with payment.processed', async () => {
    const id = randomUUID();
    await service.publish(paymentRequested.of(id, data(id)));
    assert.deepEqual((await reply(id, 'payment.processed')).data, { orderId: id, ...data(id) });
    assert.equal((await rows(id)).length, 1);
  });

  it('undoes a canceled request, and confirms with payment.refunded', async () => {
    const id = randomUUID();
    const request = data(id);
    await service.publish(paymentRequested.of(id, request));
    await service.publish(paymentCancelled.of(id, request));
    await reply(id, 'payment.refunded');
    const statuses = (await rows(id)).map(({ status }) => status);
    assert.deepEqual(statuses, ['REFUNDED']);
  });
});
