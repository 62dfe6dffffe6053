import { edit, type Edit } from './edit.ts';

const app = 'src/app.ts';
const contracts = 'src/events/contracts.ts';
const orderBlock = `  const orders = createOrderService({
    database,
    orders: createOrderRepository(database),
    publish: createOrderPublisher(bus),
  });
  routers.push(createOrderRouter(orders));
`;
const customerBlock = orderBlock.replaceAll('Order', 'Customer').replaceAll('order', 'customer');

/** Edits of the files in which every part is registered. */
export const wiring: readonly Edit[] = [
  edit('own-part', app, [
    [
      '  const server = httpServer(app, config, logger);\n',
      `  const server = httpServer(app, config, logger);
  const ticker = { name: 'ticker', stop: async () => logger.info('the ticker stops') };
`,
    ],
    ['parts: [databasePart(database), bus, server', 'parts: [databasePart(database), bus, ticker, server'],
  ]),
  edit(
    'own-import-and-constant',
    app,
    [
      ['import { connectDatabase,', "import { hostname } from 'node:os';\nimport { connectDatabase,"],
      [
        "version: '1.0.0', description: 'Takes the orders of a shop' };",
        "version: '1.4.2', description: `Orders, on ${hostname()}` };",
      ],
    ],
    {
      after: {
        newer: {
          [app]: [
            [
              'import {\n  connectDatabase,',
              "import { hostname } from 'node:os';\nimport {\n  connectDatabase,",
            ],
            [
              "version: '1.0.0', description: 'Takes the orders of a shop' };",
              "version: '1.4.2', description: `Orders, on ${hostname()}` };",
            ],
          ],
        },
      },
    },
  ),
  {
    name: 'wrapped-http-app',
    files: {
      [app]: [
        [
          "import type { Config } from './config.ts';",
          "import type { Config } from './config.ts';\nimport { behindProxy } from './behind-proxy.ts';",
        ],
        [
          'const app = createHttpApp({ config, logger, info, routers, database, bus });',
          'const app = behindProxy(createHttpApp({ config, logger, info, routers, database, bus }));',
        ],
      ],
      'src/behind-proxy.ts': {
        text: `import type { createHttpApp } from 'microservice-runtime/http';

type HttpApp = ReturnType<typeof createHttpApp>;

/** The load balancer of the platform is the only proxy. */
export function behindProxy(app: HttpApp): HttpApp {
  app.express.set('trust proxy', 1);
  return app;
}
`,
      },
    },
  },
  edit('own-middleware', app, [
    [
      '  const server = httpServer(app, config, logger);\n',
      `  app.express.use((_req, res, next) => {
    res.setHeader('x-served-by', info.title);
    next();
  });
  const server = httpServer(app, config, logger);
`,
    ],
  ]),
  edit('renamed-app-and-server', app, [
    ['  const app = createHttpApp(', '  const http = createHttpApp('],
    [
      '  const server = httpServer(app, config, logger);',
      '  const listener = httpServer(http, config, logger);',
    ],
    [
      'return { config, logger, database, bus, server, parts: [databasePart(database), bus, server',
      'return { config, logger, database, bus, server: listener, parts: [databasePart(database), bus, listener',
    ],
  ]),
  edit(
    'renamed-routers',
    app,
    (text) =>
      text
        .replaceAll('routers.push(', 'apis.push(')
        .replace('const routers: ApiRouter[]', 'const apis: ApiRouter[]')
        .replace('info, routers, database', 'info, routers: apis, database'),
    { renames: { 'routers.push': 'apis.push' } },
  ),
  {
    name: 'own-router',
    files: {
      [app]: [
        [
          "import { createProductCopyRouter } from './routers/product-copy-router.ts';",
          "import { createProductCopyRouter } from './routers/product-copy-router.ts';\nimport { createVersionRouter } from './routers/version-router.ts';",
        ],
        [
          '  registerPaymentConsumers(bus, logger);\n',
          '  registerPaymentConsumers(bus, logger);\n\n  routers.push(createVersionRouter(info.version));\n',
        ],
      ],
      'src/routers/version-router.ts': {
        text: `import joi from 'joi';
import { apiRouter } from 'microservice-runtime/http';

const versionSchema = joi.object<{ version: string }>({ version: joi.string().required() }).label('Version');

/** \`/v1/version\` shows which release runs. */
export function createVersionRouter(version: string) {
  const router = apiRouter({ path: '/v1/version', tag: 'version' });
  router.get('/', { summary: 'Show the version', responses: { 200: versionSchema } }, async (_req, res) => {
    res.json({ version });
  });
  return router;
}
`,
      },
    },
    after: {
      'remove-consumer': {
        [app]: [
          [
            "import { createProductCopyRouter } from './routers/product-copy-router.ts';",
            "import { createProductCopyRouter } from './routers/product-copy-router.ts';\nimport { createVersionRouter } from './routers/version-router.ts';",
          ],
          [
            '  routers.push(createProductCopyRouter(productCopies));\n',
            '  routers.push(createProductCopyRouter(productCopies));\n\n  routers.push(createVersionRouter(info.version));\n',
          ],
        ],
      },
    },
  },
  {
    name: 'another-logger',
    files: {
      [app]: [
        [
          'import { connectDatabase, createEventBus, createLogger, databasePart',
          'import { connectDatabase, createEventBus, databasePart',
        ],
        [
          "import { contracts } from './events/contracts.ts';",
          "import { contracts } from './events/contracts.ts';\nimport { createShopLogger } from './shop-logger.ts';",
        ],
        ['logger = createLogger(config)', 'logger = createShopLogger(config)'],
      ],
      'src/shop-logger.ts': {
        text: `import { createLogger, type Logger } from 'microservice-runtime';
import type { Config } from './config.ts';

export const createShopLogger = (config: Config): Logger => createLogger(config).child({ shop: 'north' });
`,
      },
    },
    after: {
      newer: {
        [app]: [
          ['  createLogger,\n', ''],
          [
            "import { contracts } from './events/contracts.ts';",
            "import { contracts } from './events/contracts.ts';\nimport { createShopLogger } from './shop-logger.ts';",
          ],
          ['logger = createLogger(config)', 'logger = createShopLogger(config)'],
        ],
      },
    },
  },
  edit('comments-between-blocks', app, [
    [orderBlock, `  // Orders: the heart of this service.\n${orderBlock}`],
    [
      '  const productCopies =',
      '  // We only read products; the catalog team owns them.\n  const productCopies =',
    ],
    ['  const app = createHttpApp(', '  /* HTTP comes last. */\n  const app = createHttpApp('],
  ]),
  edit('sorted-imports', app, sortedImports, {
    after: {
      'handler-new': {
        // A new import comes behind its neighbor of the templates.
        [app]: (text) => {
          const [shipments = ''] = /import .*shipment-consumers.ts';\n/.exec(text) ?? [];
          const others = sortedImports(text.replace(shipments, ''));
          return others.replace(/import .*payment-consumers.ts';\n/, (line) => `${line}${shipments}`);
        },
      },
    },
  }),
  edit(
    'other-order-of-blocks',
    app,
    [[`${orderBlock}\n${customerBlock}`, `${customerBlock}\n${orderBlock}`]],
    {
      after: {
        resource: {
          [app]: [
            [`${orderBlock}\n`, ''],
            ['  const productCopies =', `${orderBlock}\n  const productCopies =`],
          ],
        },
        remove: { [app]: [] },
      },
    },
  ),
  {
    name: 'extracted-block',
    files: {
      [app]: [
        ["import { createOrderPublisher } from './events/order-publisher.ts';\n", ''],
        ["import { createOrderRepository } from './repositories/order-repository.ts';\n", ''],
        [
          "import { createOrderService } from './services/order-service.ts';\n",
          "import { connectOrders } from './orders.ts';\n",
        ],
        [
          orderBlock,
          '  const orders = connectOrders(database, bus);\n  routers.push(createOrderRouter(orders));\n',
        ],
      ],
      'src/orders.ts': {
        text: `import type { Knex } from 'knex';
import type { EventBus } from 'microservice-runtime';
import { createOrderPublisher } from './events/order-publisher.ts';
import { createOrderRepository } from './repositories/order-repository.ts';
import { createOrderService } from './services/order-service.ts';

/** The tools of the warehouse use orders too, without HTTP. */
export const connectOrders = (database: Knex, bus: EventBus) =>
  createOrderService({
    database,
    orders: createOrderRepository(database),
    publish: createOrderPublisher(bus),
  });
`,
      },
    },
  },
  edit('more-in-the-result', app, [
    [
      'return { config, logger, database, bus, server, parts:',
      'return { config, logger, database, bus, server, orders, parts:',
    ],
  ]),
  edit('other-database-options', app, [
    [
      'const database = connectDatabase(config, logger, { camelCase: true, isoTimestamps: true });',
      `const database = connectDatabase({ ...config }, logger, {
    camelCase: true,
    isoTimestamps: true,
  });
  database.on('query-error', (error: Error) => logger.warn({ err: error }, 'query failed'));`,
    ],
  ]),
  edit(
    'a-contract-by-name',
    contracts,
    [
      [
        "import * as customerEvents from './customer-events.ts';",
        "import { customerCreated } from './customer-events.ts';",
      ],
      ['    ...customerEvents,\n', '    customerCreated, // the other two are internal\n'],
    ],
    {
      usesRemoved: ['remove'],
      after: {
        remove: {
          [contracts]: [
            [
              'import * as productCopyEvents',
              "import { customerCreated } from './customer-events.ts';\nimport * as productCopyEvents",
            ],
            [
              '    ...orderEvents,\n',
              '    ...orderEvents,\n    customerCreated, // the other two are internal\n',
            ],
          ],
        },
      },
    },
  ),
  edit(
    'contracts-as-an-array',
    contracts,
    [
      [
        "import * as orderEvents from './order-events.ts';",
        "import { orderCreated, orderDeleted, orderShipped, orderUpdated } from './order-events.ts';",
      ],
      [
        '  published: Object.values({\n    ...orderEvents,\n    ...customerEvents,\n  }),',
        '  published: [orderCreated, orderUpdated, orderDeleted, orderShipped, ...Object.values(customerEvents)],',
      ],
    ],
    {
      usesRemoved: ['remove', 'remove-event'],
      after: {
        remove: {
          [contracts]: [
            [
              "import * as orderEvents from './order-events.ts';",
              "import { orderCreated, orderDeleted, orderShipped, orderUpdated } from './order-events.ts';\nimport * as customerEvents from './customer-events.ts';",
            ],
            [
              '  published: Object.values({\n    ...orderEvents,\n  }),',
              '  published: [orderCreated, orderUpdated, orderDeleted, orderShipped, ...Object.values(customerEvents)],',
            ],
          ],
        },
        resource: {
          [contracts]: [
            [
              "import * as orderEvents from './order-events.ts';",
              "import { orderCreated, orderDeleted, orderShipped, orderUpdated } from './order-events.ts';",
            ],
            [
              '  published: Object.values({\n    ...orderEvents,\n    ...customerEvents,\n    ...invoiceEvents,\n  }),',
              '  published: [\n    orderCreated,\n    orderUpdated,\n    orderDeleted,\n    orderShipped,\n    ...Object.values(customerEvents),\n    ...Object.values(invoiceEvents),\n  ],',
            ],
          ],
        },
      },
      conflicts: { resource: [contracts] },
    },
  ),
  {
    name: 'own-contract',
    files: {
      [contracts]: [
        [
          "import * as paymentEvents from './payment-events.ts';",
          "import * as paymentEvents from './payment-events.ts';\nimport * as refundEvents from './refund-events.ts';",
        ],
        ['    ...paymentEvents,\n', '    ...paymentEvents,\n    ...refundEvents,\n'],
      ],
      'src/events/refund-events.ts': {
        text: `import joi from 'joi';
import { defineEvent } from 'microservice-runtime';

export const refundAsked = defineEvent({
  topic: 'refund.events',
  aggregate: 'refund',
  type: 'refund.asked',
  version: 1,
  schema: joi.object<{ orderId: string }>({ orderId: joi.string().required() }).label('RefundAsked'),
});
`,
      },
    },
    after: {
      'remove-consumer': {
        [contracts]: [
          [
            "import * as productCopyEvents from './product-copy-events.ts';",
            "import * as productCopyEvents from './product-copy-events.ts';\nimport * as refundEvents from './refund-events.ts';",
          ],
          ['    ...productCopyEvents,\n', '    ...productCopyEvents,\n    ...refundEvents,\n'],
        ],
      },
    },
  },
  edit('notes-in-contracts', contracts, [
    [
      '  published: Object.values({\n',
      '  // The warehouse relies on all of these.\n  published: Object.values({\n',
    ],
    ['    ...productCopyEvents,\n', '    ...productCopyEvents, // from the catalog\n'],
  ]),
  edit(
    'work-before-the-start',
    'src/main.ts',
    [
      [
        '\nawait run(',
        "\nprocess.on('warning', (warning) => process.stderr.write(`${warning.message}\\n`));\n\nawait run(",
      ],
    ],
    {
      after: {
        newer: {
          'src/main.ts': [
            [
              '\nawait startTelemetry(',
              "\nprocess.on('warning', (warning) => process.stderr.write(`${warning.message}\\n`));\n\nawait startTelemetry(",
            ],
          ],
        },
      },
      conflicts: { newer: ['src/main.ts'] },
    },
  ),
  edit(
    'own-variables',
    'src/config.ts',
    [
      [
        "import { readEnvironment } from 'microservice-runtime';",
        "import joi from 'joi';\nimport { readEnvironment } from 'microservice-runtime';",
      ],
      [
        '  ...readEnvironment(environment),\n',
        '  ...readEnvironment(environment, { MAIL_FROM: joi.string().email().default("shop@example.com") }),\n'.replaceAll(
          '"',
          "'",
        ),
      ],
    ],
    {
      after: {
        remove: {
          'src/config.ts': [
            [
              "import { readEnvironment } from 'microservice-runtime';",
              "import joi from 'joi';\nimport { readEnvironment } from 'microservice-runtime';",
            ],
            [
              '=> readEnvironment(environment);',
              "=>\n  readEnvironment(environment, { MAIL_FROM: joi.string().email().default('shop@example.com') });",
            ],
          ],
        },
      },
      conflicts: { remove: ['src/config.ts'], '*': ['src/config.ts'] },
    },
  ),
];

function sortedImports(text: string): string {
  const imports = text.slice(0, text.indexOf('\nconst info'));
  const statements = imports.split(/\n(?=import )/).map((each) => each.trim());
  return text.replace(imports, () => `${statements.toSorted(byModule).join('\n')}\n`);
}

const moduleOf = (line: string) => /'([^']+)'/.exec(line)?.[1] ?? '';
const byModule = (one: string, other: string) => (moduleOf(one) < moduleOf(other) ? -1 : 1);
