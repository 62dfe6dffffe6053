import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { startService, waitFor, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { userCreated, userUpdated, userDeleted } from '../src/events/user-copy-events.ts';
import type { UserCopy } from '../src/models/user-copy.ts';

const userData = (id: string, n: number) => ({
  id,
  email: `ada.${n}@example.com`,
  name: `Ada Lovelace ${n}`,
  age: 20 + n,
  active: n % 2 === 0,
});

const userDeletedData = (id: string) => ({
  id,
});

describe('/v1/user-copies', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readConfig);
  });
  after(() => service.stop());

  const get = (id: string) => service.request<UserCopy>('GET', `/v1/user-copies/${id}`);
  const untilStatus = (id: string, status: number) =>
    waitFor(async () => (await get(id)).status === status, {
      message: `status ${status} of the copy of ${id}`,
    });

  it('GET answers the data of user.created', async () => {
    const id = randomUUID();
    const sent = userData(id, 1);
    await service.publish(userCreated.of(id, sent));
    await untilStatus(id, 200);
    const { body } = await get(id).expect(200);
    assert.deepEqual(body, { ...body, ...sent });
  });

  it('GET answers the data of the last user.updated of an id', async () => {
    const id = randomUUID();
    await service.publish(userCreated.of(id, userData(id, 1)));
    for (const n of [2, 3]) await service.publish(userUpdated.of(id, userData(id, n)));
    const last = userData(id, 4);
    await service.publish(userUpdated.of(id, last));
    const isLast = async () => isDeepStrictEqual((await get(id)).body.email, last.email);
    await waitFor(isLast, { message: 'the last state' });
    const { body } = await get(id).expect(200);
    assert.deepEqual(body, { ...body, ...last });
  });

  it('GET answers 404 after user.deleted', async () => {
    const id = randomUUID();
    await service.publish(userCreated.of(id, userData(id, 1)));
    await untilStatus(id, 200);
    await service.publish(userDeleted.of(id, userDeletedData(id)));
    await untilStatus(id, 404);
  });

  it('GET answers 404 for an id without events', async () => {
    await get(randomUUID()).expect(404);
  });
});
