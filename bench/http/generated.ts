import joi from 'joi';
import { apiRouter, createHttpApp, httpServer } from '../../src/runtime/http.ts';
import { NotFoundError } from '../../src/runtime/errors.ts';
import { createLogger } from '../../src/runtime/logging/logger.ts';
import { timestampString } from '../../src/runtime/schemas/fields.ts';
import { connect, createUsers, type NewUser, type User } from './users.ts';

const fields = {
  email: joi.string().email().max(255),
  displayName: joi.string().trim().min(1).max(255),
  age: joi.number().integer().min(0).allow(null),
};
const newUserSchema = joi
  .object<NewUser>({
    email: fields.email.required(),
    displayName: fields.displayName.required(),
    age: fields.age.default(null),
  })
  .label('NewUser');
const userSchema = joi
  .object<User>({ id: joi.string().uuid().required(), ...fields, createdAt: timestampString().required() })
  .label('User');
const idSchema = joi.object<{ id: string }>({ id: joi.string().uuid().required() });

/** The generated service with everything that it includes: validation, logs, ids, metrics, headers. */
export async function start(databaseUrl: string): Promise<{ url: string }> {
  const config = {
    serviceName: 'user-service',
    logLevel: 'info',
    port: 0,
    host: '127.0.0.1',
    shutdownTimeout: 1_000,
  };
  const database = connect(databaseUrl);
  const users = createUsers(database);
  const logger = createLogger(config);
  const router = apiRouter({ path: '/v1/users', tag: 'Users' });

  router.get(
    '/:id',
    { summary: 'Get a user', params: idSchema, responses: { 200: userSchema }, errors: [404] },
    async (req, res) => {
      const user = await users.find(req.params.id);
      if (!user) throw new NotFoundError(`There is no user ${req.params.id}`);
      res.json(user);
    },
  );

  router.post(
    '/',
    { summary: 'Create a user', body: newUserSchema, responses: { 201: userSchema } },
    async (req, res) => {
      const user = await users.insert(req.body);
      res.status(201).location(`/v1/users/${user.id}`).json(user);
    },
  );

  const info = { title: 'user-service', version: '1.0.0' };
  const server = httpServer(
    createHttpApp({ config, logger, info, routers: [router], database }),
    config,
    logger,
  );
  await server.start();
  return server;
}
