import { edit, type Edit } from './edit.ts';

const consumers = 'src/events/payment-consumers.ts';
const payments = 'src/events/payment-events.ts';
const orders = 'src/events/order-events.ts';
const copies = 'src/events/product-copy-consumers.ts';
const products = 'src/events/product-copy-events.ts';
const app = 'src/app.ts';

const orderPaid = `export const orderPaid = defineEvent({
  ...stream,
  type: 'order.paid',
  version: 1,
  schema: joi.object<{ id: string }>({ id: uuidString().required() }).label('OrderPaid'),
});
`;

/** Edits of events and their handlers. */
export const events: readonly Edit[] = [
  {
    name: 'a-handler-filled-in',
    files: {
      [consumers]: [
        [
          "import type { EventBus, Logger } from 'microservice-runtime';",
          "import type { EventBus, Logger } from 'microservice-runtime';\nimport type { OrderService } from '../services/order-service.ts';",
        ],
        [
          '(bus: EventBus, logger: Logger): void {',
          '(bus: EventBus, logger: Logger, orders: OrderService): void {',
        ],
        [
          "  bus.on(paymentProcessed, async (event) => {\n    logger.info({ subject: event.subject }, 'payment.processed');\n",
          "  bus.on(paymentProcessed, async (event, trx) => {\n    const { items } = await orders.list({ limit: 1 }, trx);\n    const [order] = items;\n    if (order) await orders.update(order.id, { note: `paid ${event.data.amount}` }, undefined, trx);\n    logger.info({ subject: event.subject }, 'order paid');\n",
        ],
      ],
      [app]: [
        ['  registerPaymentConsumers(bus, logger);\n', '  registerPaymentConsumers(bus, logger, orders);\n'],
      ],
    },
    conflicts: { 'remove-consumer': [app] },
  },
  edit(
    'a-handler-of-its-own-name',
    consumers,
    [
      [
        "  bus.on(paymentProcessed, async (event) => {\n    logger.info({ subject: event.subject }, 'payment.processed');\n  });\n",
        '  bus.on(paymentProcessed, async ({ subject }) => onProcessed(subject, logger));\n',
      ],
      [
        '\n/**\n * Registers',
        "\nconst onProcessed = (subject: string, logger: Logger) => logger.info({ subject }, 'paid');\n\n/**\n * Registers",
      ],
    ],
    { usesRemoved: ['remove-consumer'] },
  ),
  edit(
    'a-second-handler',
    consumers,
    [
      [
        '  bus.on(paymentProcessed,',
        "  bus.subscribe({\n    name: 'payment-statistics',\n    from: 'latest',\n    on: [[paymentProcessed, async () => logger.info('counted')]],\n  });\n  bus.on(paymentProcessed,",
      ],
    ],
    { usesRemoved: ['remove-consumer'] },
  ),
  edit(
    'a-consumed-field-dropped',
    payments,
    [
      [
        "import { decimalString, defineEvent, uuidString, type FieldSchemas } from 'microservice-runtime';",
        "import { defineEvent, uuidString, type FieldSchemas } from 'microservice-runtime';",
      ],
      [
        '  orderId: string;\n  amount: string;\n}\n\nconst paymentData',
        '  orderId: string;\n}\n\nconst paymentData',
      ],
      [
        '    orderId: uuidString().required(),\n    amount: decimalString(20, 6).required(),\n  } satisfies FieldSchemas<PaymentData>)',
        '    orderId: uuidString().required(),\n  } satisfies FieldSchemas<PaymentData>)',
      ],
    ],
    {
      after: {
        handler: {
          [payments]: [
            [
              '{ decimalString, defineEvent, uuidString, type FieldSchemas }',
              '{ defineEvent, uuidString, type FieldSchemas, decimalString }',
            ],
            [
              '  orderId: string;\n  amount: string;\n}\n\nconst paymentData',
              '  orderId: string;\n}\n\nconst paymentData',
            ],
            [
              '    orderId: uuidString().required(),\n    amount: decimalString(20, 6).required(),\n  } satisfies FieldSchemas<PaymentData>)',
              '    orderId: uuidString().required(),\n  } satisfies FieldSchemas<PaymentData>)',
            ],
          ],
        },
      },
    },
  ),
  edit('own-event', orders, (text) => `${text}\n${orderPaid}`, {
    after: {
      event: {
        [orders]: [['export interface OrderCancelled', `${orderPaid}\nexport interface OrderCancelled`]],
      },
    },
  }),
  edit('own-event-between', orders, [
    [
      'export const orderUpdated',
      `export const orderApproved = defineEvent({
  ...stream,
  type: 'order.approved',
  version: 1,
  schema: joi.object<{ id: string }>({ id: uuidString().required() }).label('OrderApproved'),
});
export const orderUpdated`,
    ],
  ]),
  edit(
    'a-renamed-stream',
    orders,
    (text) =>
      text.replace('const stream =', 'const orderStream =').replaceAll('...stream,', '...orderStream,'),
    { renames: { stream: 'orderStream' } },
  ),
  edit(
    'notes-on-events',
    orders,
    [
      ['export const orderDeleted', '/** The archive relies on this event. */\nexport const orderDeleted'],
      ['  carrier: string;\n', '  carrier: string; // as the warehouse spells it\n'],
    ],
    { conflicts: { 'remove-event': [orders] } },
  ),
  edit('a-copy-that-filters', copies, [
    [
      '  bus.on(productUpdated, (event, trx) => productCopies.keep(event.subject, event.data, trx));\n',
      '  bus.on(productUpdated, async (event, trx) => {\n    if (event.data.title === "") return;\n    await productCopies.keep(event.subject, event.data, trx);\n  });\n'.replaceAll(
        '"',
        "'",
      ),
    ],
  ]),
  edit('a-copy-with-deletions-by-hand', copies, [
    ['Registers the handlers of', 'Registers our handlers of'],
    [
      '  bus.on(productCreated,',
      '  // A product that comes back is created again.\n  bus.on(productCreated,',
    ],
  ]),
  edit('a-copied-field-dropped', products, [
    ['  title: string;\n  price: string;\n', '  title: string;\n'],
    ['    price: decimalString(20, 6).required(),\n', ''],
    ['import { decimalString, defineEvent, type FieldSchemas }', 'import { defineEvent, type FieldSchemas }'],
  ]),
];
