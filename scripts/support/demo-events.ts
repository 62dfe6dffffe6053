import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { expectStatus, send, until } from './demo-http.ts';
import { pathText, step } from './demo-report.ts';
import { readEventPath } from './event-path.ts';

/** A generated service that runs. */
export interface Service {
  name: string;
  folder: string;
  url: string;
}

/** Changes users of one service until the other has their copies, and prints the copies and the path of one event. */
export async function showEvents(user: Service, notification: Service, kafka: string): Promise<void> {
  console.log(`\nuser-service gets HTTP requests; notification-service gets only events.`);
  const copyOf = (id: string) => fetch(`${notification.url}/v1/user-copies/${id}`);
  const untilCopy = (id: string, isAsExpected: (copy: { name?: string }, status: number) => boolean) =>
    until(`notification-service's copy of ${id}`, async () => {
      const response = await copyOf(id);
      return isAsExpected((await response.json()) as { name?: string }, response.status);
    });

  const ids: string[] = [];
  const times: { requested: number; answered: number }[] = [];
  for (const name of ['Ada', 'Grace', 'Barbara']) {
    await step(`POST /v1/users ${name}, and notification-service has its copy`, async () => {
      const requested = Date.now();
      const id = await createUser(user, name);
      times.push({ requested, answered: Date.now() });
      ids.push(id);
      await untilCopy(id, (copy, code) => code === 200 && copy.name === name);
    });
  }
  const [first, last] = [ids.at(0) ?? '', ids.at(-1) ?? ''];
  await step('PATCH /v1/users/:id, and the copy has the new name', async () => {
    await expectStatus(200, await send('PATCH', `${user.url}/v1/users/${first}`, { name: 'Ada Lovelace' }));
    await untilCopy(first, (copy) => copy.name === 'Ada Lovelace');
  });
  await step('DELETE /v1/users/:id, and the copy is gone', async () => {
    await expectStatus(204, await send('DELETE', `${user.url}/v1/users/${last}`));
    await untilCopy(last, (_, code) => code === 404);
  });
  const copies = await fetch(`${notification.url}/v1/user-copies`);
  console.log(`\nGET ${notification.url}/v1/user-copies`);
  console.table(((await copies.json()) as { items: object[] }).items, ['email', 'name', 'age', 'active']);
  const second = times[1]; // the first one also opens connections
  if (!second) throw new Error('the demo created no second user');
  const event = {
    bootstrapServers: kafka,
    topic: 'user.events',
    key: ids[1] ?? '',
    databaseUrl: await databaseOf(notification),
  };
  console.log(`\n${pathText(await readEventPath(event, second))}`);
}

const databaseOf = async ({ folder: service }: Service): Promise<string> =>
  parseEnv(await readFile(path.join(service, '.env'), 'utf8'))['DATABASE_URL'] ?? '';

async function createUser({ url }: Service, name: string): Promise<string> {
  const user = { email: `${name.toLowerCase()}@example.com`, name, age: 36, active: true };
  const response = await expectStatus(201, await send('POST', `${url}/v1/users`, user));
  return ((await response.json()) as { id: string }).id;
}
