import { edit, type Edit } from './edit.ts';

const service = 'src/services/order-service.ts';
const repository = 'src/repositories/order-repository.ts';
const publisher = 'src/events/order-publisher.ts';
const router = 'src/routers/order-router.ts';

/** Edits of services, repositories and publishers. */
export const domain: readonly Edit[] = [
  {
    name: 'a-renamed-method',
    files: {
      [service]: [['    remove: (id: string, precondition', '    cancel: (id: string, precondition']],
      [router]: [['await orders.remove(req', 'await orders.cancel(req']],
    },
  },
  edit('own-method', service, [
    [
      '    remove: (id: string, precondition',
      `    rename: (id: string, code: string, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        const order = await orders.update(id, { code }, trx);
        if (!order) throw notFound(id);
        await publish.updated(order, trx);
        return order;
      }),

    remove: (id: string, precondition`,
    ],
  ]),
  edit('own-error', service, [
    [
      'const notFound = (id: string) => new NotFoundError(`No order has the id ${id}`);\n',
      `class UnknownOrderError extends NotFoundError {
  constructor(id: string) {
    super(\`No order has the id \${id}; it may have been archived\`);
  }
}

const notFound = (id: string) => new UnknownOrderError(id);
`,
    ],
  ]),
  edit('own-dependency', service, [
    ['  publish: OrderPublisher;\n}', '  publish: OrderPublisher;\n  now?: () => Date;\n}'],
    [
      '{ database, orders, publish }: Dependencies) {\n',
      '{ database, orders, publish, now = () => new Date() }: Dependencies) {\n',
    ],
    [
      '        const order = await orders.insert(newOrder, trx);\n',
      '        const placedAt = newOrder.placedAt || now().toISOString();\n        const order = await orders.insert({ ...newOrder, placedAt }, trx);\n',
    ],
  ]),
  edit('rules-in-the-service', service, [
    [
      "import { NotFoundError, type PageQuery, type Precondition } from 'microservice-runtime';",
      "import { ConflictError, NotFoundError, type PageQuery, type Precondition } from 'microservice-runtime';",
    ],
    [
      '        const order = await orders.insert(newOrder, trx);\n',
      "        if (Number(newOrder.total) === 0) throw new ConflictError('an order needs a total');\n        const order = await orders.insert(newOrder, trx);\n",
    ],
  ]),
  edit('extracted-transaction', service, [
    [
      `      outer.transaction(async (trx) => {
        const order = await orders.insert(newOrder, trx);
        await publish.created(order, trx);
        return order;
      }),
`,
      '      outer.transaction((trx) => createIn(trx, newOrder)),\n',
    ],
    [
      '  return {\n',
      `  async function createIn(trx: Knex.Transaction, newOrder: NewOrder) {
    const order = await orders.insert(newOrder, trx);
    await publish.created(order, trx);
    return order;
  }

  return {
`,
    ],
  ]),
  edit('another-lock', repository, [
    ['.forUpdate().first(columns),', '.forUpdate().noWait().first(columns),'],
  ]),
  // The later templates replaced the whole function.
  edit(
    'another-order-of-the-list',
    repository,
    [
      ['  /** Oldest first. */\n', '  /** Oldest first; ties by id. */\n'],
      [
        '      .limit(limit + 1);\n',
        '      .whereNotNull(`code`)\n      .limit(limit + 1);\n'.replaceAll('`', "'"),
      ],
    ],
    { conflicts: { '*': [repository] } },
  ),
  edit('own-query', repository, [
    [
      '  insert: async (newOrder',
      `  byCode: async (code: string, trx: Knex = database): Promise<Order | undefined> =>
    trx('orders').where({ code }).first(columns),

  insert: async (newOrder`,
    ],
  ]),
  edit('one-more-column', repository, [
    [
      'const columns = keysOf(orderSchema);\n',
      "const columns = [...keysOf(orderSchema), 'createdAt as placedOn'];\n",
    ],
  ]),
  edit('an-archive-instead-of-a-delete', repository, [
    [
      "trx('orders').where({ id }).delete().returning('id');",
      "trx('orders').where({ id }).update({ note: 'archived' }).returning('id');",
    ],
  ]),
  edit(
    'own-publisher-function',
    publisher,
    [
      [
        '  shipped: (data: OrderShipped, trx: Knex.Transaction) => bus.publish(orderShipped.of(data.id, data), trx),\n',
        `  shipped: (data: OrderShipped, trx: Knex.Transaction) => bus.publish(orderShipped.of(data.id, data), trx),
  changedTogether: (orders: Order[], trx: Knex.Transaction) =>
    Promise.all(orders.map((order) => bus.publish(orderUpdated.of(order.id, order), trx))),
`,
      ],
    ],
    {
      after: {
        'remove-event': {
          [publisher]: [
            [
              '  deleted: (id: string, trx: Knex.Transaction) => bus.publish(orderDeleted.of(id, { id }), trx),\n',
              `  deleted: (id: string, trx: Knex.Transaction) => bus.publish(orderDeleted.of(id, { id }), trx),
  changedTogether: (orders: Order[], trx: Knex.Transaction) =>
    Promise.all(orders.map((order) => bus.publish(orderUpdated.of(order.id, order), trx))),
`,
            ],
          ],
        },
      },
    },
  ),
  edit('a-publisher-with-a-log', publisher, [
    [
      '  created: (order: Order, trx: Knex.Transaction) => bus.publish(orderCreated.of(order.id, order), trx),\n',
      `  created: (order: Order, trx: Knex.Transaction) => {
    process.emitWarning(\`order \${order.code}\`, 'OrderCreated');
    return bus.publish(orderCreated.of(order.id, order), trx);
  },
`,
    ],
  ]),
  edit(
    'publisher-types-apart',
    publisher,
    [
      [
        "import { orderCreated, orderDeleted, orderShipped, orderUpdated, type OrderShipped } from './order-events.ts';",
        "import { orderCreated, orderDeleted, orderShipped, orderUpdated } from './order-events.ts';\nimport type { OrderShipped } from './order-events.ts';",
      ],
    ],
    {
      after: {
        event: {
          [publisher]: [
            [
              "  orderUpdated,\n  type OrderShipped,\n  type OrderCancelled,\n} from './order-events.ts';",
              "  orderUpdated,\n  type OrderCancelled,\n} from './order-events.ts';\nimport type { OrderShipped } from './order-events.ts';",
            ],
          ],
        },
        'remove-event': { [publisher]: [] },
      },
    },
  ),
];
