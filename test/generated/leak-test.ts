/** A value that must not appear in any log line. */
export const marker = 'hunter2-marker';

/** A test of a generated service whose users have a passwordHash and whose vaults have a pin, both secret. */
export const leakTest = `import assert from 'node:assert/strict';
import { createLogger, startParts, stopParts } from 'microservice-runtime';
import { createTestEnvironment, waitFor } from 'microservice-devkit/testing';
import knex from 'knex';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

const marker = ${JSON.stringify(marker)};

describe('secrets', () => {
  it('do not leave the service', async () => {
    const test = await createTestEnvironment();
    const config = readConfig(test.environment);
    const logger = createLogger(config);
    const { server, parts } = createService(config, logger);
    await startParts(parts);
    const database = knex({ client: 'pg', connection: config.databaseUrl });
    const answers: string[] = [];
    const send = async (method: string, path: string, body?: object) => {
      const json = body && { body: JSON.stringify(body) };
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(server.url + path, { method, headers, ...json });
      const text = await response.text();
      answers.push(text);
      return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as { id: string } };
    };

    const vault = { pin: marker, openedAt: '2026-01-31T12:00:00Z', data: { marker } };
    const created = await send('POST', '/v1/vaults', vault);
    assert.equal(created.status, 201);
    assert.equal((await send('POST', '/v1/vaults', vault)).status, 409);
    assert.equal((await send('POST', '/v1/vaults', { ...vault, openedAt: marker })).status, 400);
    const user = await send('POST', '/v1/users', { email: 'a@b.c', name: null, passwordHash: marker });
    assert.equal(user.status, 201);
    assert.equal((await send('PATCH', '/v1/users/' + user.body.id, { passwordHash: marker + 2 })).status, 200);
    for (const path of ['/v1/vaults', '/v1/users', '/v1/vaults/' + created.body.id]) await send('GET', path);
    logger.info({ user: { passwordHash: marker, password_hash: marker }, rows: [{ pin: marker }] }, 'hello');

    await database.raw('alter table vaults add column reason text not null default 1');
    await database.raw('alter table vaults alter column reason drop default');
    assert.equal((await send('POST', '/v1/vaults', { ...vault, pin: marker + 3 })).status, 500);

    const outbox = await database('event_outbox');
    const updated = async () => (await test.published('user.events')).find(({ type }) => type === 'user.updated');
    await waitFor(updated, { message: 'user.updated' });
    const events = [...(await test.published('user.events')), ...(await test.published('vault.events'))];
    assert.ok(events.length >= 3);
    assert.equal([...answers, JSON.stringify(events), JSON.stringify(outbox)].join().includes(marker), false);
    await database.destroy();
    await stopParts(parts);
    await test.close();
  });
});
`;
