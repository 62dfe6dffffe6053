import { apiRouter, ifMatch } from 'microservice-runtime/http';
import {
  newUserSchema,
  userChangesSchema,
  userIdSchema,
  userPageSchema,
  userQuerySchema,
  userSchema,
} from '../schemas/user-schema.ts';
import type { UserService } from '../services/user-service.ts';

/** `/v1/users`. The schemas of a route validate requests, and document the route at `/docs`. */
export function createUserRouter(users: UserService) {
  const router = apiRouter({ path: '/v1/users', tag: 'users' });

  router.get(
    '/',
    { summary: 'List users', query: userQuerySchema, responses: { 200: userPageSchema } },
    async (req, res) => {
      res.json(await users.list(req.query));
    },
  );

  router.get(
    '/:id',
    {
      summary: 'Get a user',
      params: userIdSchema,
      responses: { 200: userSchema },
      errors: [404],
      etag: true,
    },
    async (req, res) => {
      res.json(await users.get(req.params.id));
    },
  );

  router.post(
    '/',
    {
      summary: 'Create a user',
      body: newUserSchema,
      responses: { 201: userSchema },
      errors: [409],
      etag: true,
    },
    async (req, res) => {
      const user = await users.create(req.body);
      res.status(201).location(`/v1/users/${user.id}`).json(user);
    },
  );

  router.patch(
    '/:id',
    {
      summary: 'Change a user',
      params: userIdSchema,
      body: userChangesSchema,
      responses: { 200: userSchema },
      errors: [404, 409],
      etag: true,
    },
    async (req, res) => {
      res.json(await users.update(req.params.id, req.body, ifMatch(req)));
    },
  );

  router.delete(
    '/:id',
    { summary: 'Delete a user', params: userIdSchema, responses: { 204: null }, errors: [404], etag: true },
    async (req, res) => {
      await users.remove(req.params.id, ifMatch(req));
      res.status(204).end();
    },
  );

  return router;
}
