import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { waitFor } from 'microservice-devkit/testing';
import { userCreated, userUpdated, userDeleted } from '../src/events/user-copy-events.ts';
import type { UserCopy } from '../src/models/user-copy.ts';
import { startService, type TestService } from './start-service.ts';

const userData = (id: string, n: number) => ({
  id,
  email: `email ${n}`,
  name: `name ${n}`,
  age: n,
  active: n % 2 === 0,
});

const userDeletedData = (id: string) => ({
  id,
});

describe('user.events', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const get = (id: string) => service.request<UserCopy>('GET', `/v1/user-copies/${id}`);
  const untilStatus = (id: string, status: number) =>
    waitFor(async () => (await get(id)).status === status, {
      message: `status ${status} of the copy of ${id}`,
    });

  it('copies the data of user.created', async () => {
    const id = randomUUID();
    const sent = userData(id, 1);
    await service.publish(userCreated.of(id, sent));
    await untilStatus(id, 200);
    const copy = (await get(id)).body;
    assert.deepEqual({ ...copy, ...sent }, copy);
  });

  it('copies the data of user.updated', async () => {
    const id = randomUUID();
    const sent = userData(id, 1);
    await service.publish(userUpdated.of(id, sent));
    await untilStatus(id, 200);
    const copy = (await get(id)).body;
    assert.deepEqual({ ...copy, ...sent }, copy);
  });

  it('keeps the data of the last user.created', async () => {
    const id = randomUUID();
    for (const n of [1, 2, 3]) await service.publish(userCreated.of(id, userData(id, n)));
    const last = userData(id, 3);
    const isLast = async () => isDeepStrictEqual((await get(id)).body.email, last.email);
    await waitFor(isLast, { message: 'the last state' });
  });

  it('deletes the copy on user.deleted', async () => {
    const id = randomUUID();
    await service.publish(userCreated.of(id, userData(id, 1)));
    await untilStatus(id, 200);
    await service.publish(userDeleted.of(id, userDeletedData(id)));
    await untilStatus(id, 404);
  });

  it('answers 404 without an event', async () => {
    assert.equal((await get(randomUUID())).status, 404);
  });
});
