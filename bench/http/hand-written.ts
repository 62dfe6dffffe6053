import { once } from 'node:events';
import express from 'express';
import { connect, createUsers } from './users.ts';

/** A good service written without a library: routes, SQL, JSON. No validation, no logs, no metrics. */
export async function start(databaseUrl: string): Promise<string> {
  const users = createUsers(connect(databaseUrl));
  const app = express();
  app.use(express.json());

  app.get('/v1/users', async (req, res) => {
    res.json(await users.list(Number(req.query['limit'] ?? 20)));
  });

  app.get('/v1/users/:id', async (req, res) => {
    const user = await users.find(req.params.id);
    if (user) res.json(user);
    else res.status(404).json({ error: 'not found' });
  });

  app.post('/v1/users', async (req, res) => {
    const user = await users.insert(req.body);
    res.status(201).location(`/v1/users/${user.id}`).json(user);
  });

  app.post('/v1/published-users', async (req, res) => {
    const user = await users.insertAndPublish(req.body);
    res.status(201).location(`/v1/users/${user.id}`).json(user);
  });

  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}
