import joi from 'joi';
import type { Knex } from 'knex';
import { connectDatabase } from '../../src/runtime/database/database.ts';
import { NotFoundError } from '../../src/runtime/errors.ts';
import { apiRouter, createHttpApp, httpServer } from '../../src/runtime/http.ts';
import { defineEvent } from '../../src/runtime/events/event/definition.ts';
import { createOutbox, type Outbox } from '../../src/runtime/events/outbox/publish.ts';
import { createLogger } from '../../src/runtime/logging/logger.ts';
import { timestampString, uuidString } from '../../src/runtime/schemas/fields.ts';
import {
  pageQuerySchema,
  pageSchemaOf,
  toPage,
  type Page,
  type PageQuery,
} from '../../src/runtime/schemas/page.ts';
import { POOL, type NewUser, type User } from './users.ts';

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
  .object<User>({ id: uuidString().required(), ...fields, createdAt: timestampString().required() })
  .label('User');
const userPageSchema = pageSchemaOf(userSchema).label('UserPage');
const idSchema = joi.object<{ id: string }>({ id: uuidString().required() });

/** The repository as the generator writes it. */
const columns = ['id', 'email', 'displayName', 'age', 'createdAt'];
const createUserRepository = (database: Knex, publish: Outbox['publish']) => ({
  find: async (id: string): Promise<User | undefined> => database('users').where({ id }).first(columns),

  list: async ({ limit, after }: PageQuery): Promise<Page<User>> => {
    const query = database('users')
      .select(columns)
      .orderBy(['createdAt', 'id'])
      .limit(limit + 1);
    if (after) query.whereRaw('(created_at, id) > (?, ?)', [...after]);
    return toPage(await query, limit, ({ createdAt }) => createdAt);
  },

  insert: (newUser: NewUser): Promise<User> =>
    database.transaction(async (trx) => {
      const [row] = await trx('users').insert(newUser).returning(columns);
      return row;
    }),

  insertAndPublish: (newUser: NewUser): Promise<User> =>
    database.transaction(async (trx) => {
      const [row] = await trx('users').insert(newUser).returning(columns);
      await publish(userCreated.of(row.id, row), trx);
      return row;
    }),
});

const userCreated = defineEvent<User>({
  type: 'user.created',
  version: 1,
  topic: 'user.events',
  aggregate: 'user',
  schema: userSchema,
});

/** The generated service with everything that it includes: validation, logs, ids, metrics, headers, limits, entity tags. */
export async function start(databaseUrl: string): Promise<string> {
  const config = {
    serviceName: 'user-service',
    logLevel: 'info',
    port: 0,
    host: '127.0.0.1',
    shutdownTimeout: 1_000,
    databaseUrl,
    databasePoolMax: POOL,
    databaseLockTimeout: 2_000,
    databaseStatementTimeout: 10_000,
  };
  const logger = createLogger(config);
  const database = connectDatabase(config, logger, { camelCase: true, isoTimestamps: true });
  const contracts = { published: [userCreated] };
  const { publish } = createOutbox({ database, contracts, serviceName: config.serviceName, session: true });
  const users = createUserRepository(database, publish);
  const router = apiRouter({ path: '/v1/users', tag: 'Users' });

  router.get(
    '/',
    { summary: 'List users', query: pageQuerySchema, responses: { 200: userPageSchema } },
    async (req, res) => {
      res.json(await users.list(req.query));
    },
  );

  router.get(
    '/:id',
    { summary: 'Get a user', params: idSchema, responses: { 200: userSchema }, errors: [404], etag: true },
    async (req, res) => {
      const user = await users.find(req.params.id);
      if (!user) throw new NotFoundError(`There is no user ${req.params.id}`);
      res.json(user);
    },
  );

  router.post(
    '/',
    { summary: 'Create a user', body: newUserSchema, responses: { 201: userSchema }, etag: true },
    async (req, res) => {
      const user = await users.insert(req.body);
      res.status(201).location(`/v1/users/${user.id}`).json(user);
    },
  );

  const published = apiRouter({ path: '/v1/published-users', tag: 'Users' });
  published.post(
    '/',
    {
      summary: 'Create a user and publish',
      body: newUserSchema,
      responses: { 201: userSchema },
      etag: true,
    },
    async (req, res) => {
      const user = await users.insertAndPublish(req.body);
      res.status(201).location(`/v1/users/${user.id}`).json(user);
    },
  );

  const info = { title: 'user-service', version: '1.0.0' };
  const app = createHttpApp({ config, logger, info, routers: [router, published], database });
  const server = httpServer(app, config, logger);
  await server.start();
  return server.url;
}
