import joi from 'joi';
import { apiRouter } from 'microservice-runtime/http';

const noteSchema = joi
  .object({
    text: joi.string(),
    trimmed: joi.string().trim(),
    count: joi.number().integer(),
    isOpen: joi.boolean(),
    tags: joi.array().items(joi.object({ weight: joi.number() })),
    links: joi.array().items(joi.object({ rel: joi.string().required(), href: joi.string().required() })),
    either: joi.alternatives(joi.number(), joi.string()),
    at: joi.date(),
    meta: joi.any(),
  })
  .label('Note');

/** A router that answers with the input its schemas deliver, and needs no database. */
export function createNoteRouter() {
  const router = apiRouter({ path: '/v1/notes', tag: 'Notes', bodyLimit: '1mb' });
  router.post(
    '/',
    { summary: 'Echo a note', body: noteSchema, responses: { 200: noteSchema } },
    async (req, res) => {
      res.json(req.body);
    },
  );
  const query = joi.object<{ count?: number; isOpen?: boolean; text?: string }>({
    count: joi.number().integer(),
    isOpen: joi.boolean(),
    text: joi.string(),
  });
  const params = joi.object<{ id: number | string }>({ id: joi.alternatives(joi.number(), joi.string()) });
  router.get(
    '/:id',
    { summary: 'Echo the query', params, query, responses: { 200: joi.object() } },
    async (req, res) => {
      res.json({ ...req.query, ...req.params });
    },
  );
  return router;
}
