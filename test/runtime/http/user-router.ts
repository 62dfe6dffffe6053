import joi from 'joi';
import type { Knex } from 'knex';
import { NotFoundError, textString, uuidString } from 'microservice-runtime';
import { apiRouter } from 'microservice-runtime/http';

export interface User {
  id: string;
  email: string;
  displayName: string;
  age: number | null;
}

type NewUser = Omit<User, 'id'>;

const fields = {
  email: textString(255).email(),
  displayName: textString(255).trim(),
  age: joi.number().strict().integer().min(0).allow(null),
};

const newUserSchema = joi
  .object<NewUser>({
    email: fields.email.required(),
    displayName: fields.displayName.required(),
    age: fields.age.default(null),
  })
  .label('NewUser');

const changesSchema = joi.object<Partial<NewUser>>(fields).min(1).label('UserChanges');

const userSchema = joi
  .object<User>({
    id: uuidString().required(),
    email: fields.email.required(),
    displayName: fields.displayName.required(),
    age: fields.age.required().example(42),
  })
  .label('User');

const idSchema = joi.object<{ id: string }>({ id: uuidString().required() });
const columns = ['id', 'email', 'display_name as displayName', 'age'];
const toRow = ({ displayName, ...others }: Partial<NewUser>) => ({ ...others, display_name: displayName });

/** A router as the generator writes it, on SQL of its own. */
export function createUserRouter(database: Knex) {
  const router = apiRouter({ path: '/v1/users', tag: 'Users' });

  const listSchema = joi.object<{ limit: number }>({
    limit: joi.number().integer().min(1).max(100).default(20).description('How many at most'),
  });
  const pageSchema = joi.object({ items: joi.array().items(userSchema).required() }).label('UserPage');

  router.get(
    '/',
    { summary: 'List users', query: listSchema, responses: { 200: pageSchema } },
    async (req, res) => {
      const items: User[] = await database('users').select(columns).orderBy('id').limit(req.query.limit);
      res.json({ items });
    },
  );

  router.get(
    '/:id',
    { summary: 'Get a user', params: idSchema, responses: { 200: userSchema }, errors: [404] },
    async (req, res) => {
      const user: User | undefined = await database('users').where({ id: req.params.id }).first(columns);
      if (!user) throw new NotFoundError(`There is no user ${req.params.id}`);
      res.json(user);
    },
  );

  router.post(
    '/',
    { summary: 'Create a user', body: newUserSchema, responses: { 201: userSchema }, errors: [409] },
    async (req, res) => {
      const [user]: User[] = await database('users').insert(toRow(req.body)).returning(columns);
      res.status(201).location(`/v1/users/${user?.id}`).json(user);
    },
  );

  router.patch(
    '/:id',
    {
      summary: 'Change a user',
      params: idSchema,
      body: changesSchema,
      responses: { 200: userSchema },
      errors: [404, 409],
    },
    async (req, res) => {
      const [user]: User[] = await database('users')
        .where({ id: req.params.id })
        .update(toRow(req.body))
        .returning(columns);
      if (!user) throw new NotFoundError(`There is no user ${req.params.id}`);
      res.json(user);
    },
  );

  router.delete(
    '/:id',
    { summary: 'Delete a user', params: idSchema, responses: { 204: null }, errors: [404] },
    async (req, res) => {
      const removed = await database('users').where({ id: req.params.id }).delete();
      if (removed === 0) throw new NotFoundError(`There is no user ${req.params.id}`);
      res.status(204).end();
    },
  );

  return router;
}
