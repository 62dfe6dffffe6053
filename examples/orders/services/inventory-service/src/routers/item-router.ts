import { apiRouter, ifMatch } from 'microservice-runtime/http';
import {
  newItemSchema,
  itemChangesSchema,
  itemIdSchema,
  itemPageSchema,
  itemQuerySchema,
  itemSchema,
} from '../schemas/item-schema.ts';
import type { ItemService } from '../services/item-service.ts';

/** `/v1/items`. The schemas of a route validate requests, and document the route at `/docs`. */
export function createItemRouter(items: ItemService) {
  const router = apiRouter({ path: '/v1/items', tag: 'items' });

  router.get(
    '/',
    { summary: 'List items', query: itemQuerySchema, responses: { 200: itemPageSchema } },
    async (req, res) => {
      res.json(await items.list(req.query));
    },
  );

  router.get(
    '/:id',
    {
      summary: 'Get an item',
      params: itemIdSchema,
      responses: { 200: itemSchema },
      errors: [404],
      etag: true,
    },
    async (req, res) => {
      res.json(await items.get(req.params.id));
    },
  );

  router.post(
    '/',
    {
      summary: 'Create an item',
      body: newItemSchema,
      responses: { 201: itemSchema },
      errors: [409],
      etag: true,
    },
    async (req, res) => {
      const item = await items.create(req.body);
      res.status(201).location(`/v1/items/${item.id}`).json(item);
    },
  );

  router.patch(
    '/:id',
    {
      summary: 'Change an item',
      params: itemIdSchema,
      body: itemChangesSchema,
      responses: { 200: itemSchema },
      errors: [404, 409],
      etag: true,
    },
    async (req, res) => {
      res.json(await items.update(req.params.id, req.body, ifMatch(req)));
    },
  );

  router.delete(
    '/:id',
    { summary: 'Delete an item', params: itemIdSchema, responses: { 204: null }, errors: [404], etag: true },
    async (req, res) => {
      await items.remove(req.params.id, ifMatch(req));
      res.status(204).end();
    },
  );

  return router;
}
