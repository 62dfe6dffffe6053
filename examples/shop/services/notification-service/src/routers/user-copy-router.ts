import { pageQuerySchema } from 'microservice-runtime';
import { apiRouter } from 'microservice-runtime/http';
import { userCopyIdSchema, userCopyPageSchema, userCopySchema } from '../schemas/user-copy-schema.ts';
import type { UserCopyService } from '../services/user-copy-service.ts';

/** `/v1/user-copies`, read-only: this service's copies of the users of user-service. */
export function createUserCopyRouter(userCopies: UserCopyService) {
  const router = apiRouter({ path: '/v1/user-copies', tag: 'user copies' });

  router.get(
    '/',
    { summary: 'List user copies', query: pageQuerySchema, responses: { 200: userCopyPageSchema } },
    async (req, res) => {
      res.json(await userCopies.list(req.query));
    },
  );

  router.get(
    '/:id',
    {
      summary: 'Get a user copy',
      params: userCopyIdSchema,
      responses: { 200: userCopySchema },
      errors: [404],
    },
    async (req, res) => {
      res.json(await userCopies.get(req.params.id));
    },
  );

  return router;
}
