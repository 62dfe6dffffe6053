import type { Server } from 'node:http';
import express from 'express';
import { connect, createUsers } from './users.ts';

/** A good service written without a library: routes, SQL, JSON. No validation, no logs, no metrics. */
export function start(databaseUrl: string): Server {
  const users = createUsers(connect(databaseUrl));
  const app = express();
  app.use(express.json());

  app.get('/v1/users/:id', async (req, res) => {
    const user = await users.find(req.params.id);
    if (user) res.json(user);
    else res.status(404).json({ error: 'not found' });
  });

  app.post('/v1/users', async (req, res) => {
    const user = await users.insert(req.body);
    res.status(201).location(`/v1/users/${user.id}`).json(user);
  });

  return app.listen(0, '127.0.0.1');
}
