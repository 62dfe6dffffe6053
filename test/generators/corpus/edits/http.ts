import { edit, type Edit } from './edit.ts';

const router = 'src/routers/order-router.ts';
const schema = 'src/schemas/order-schema.ts';
const model = 'src/models/order.ts';

/** Edits of routes, of their schemas, and of the model. */
export const http: readonly Edit[] = [
  edit('own-route', router, [
    [
      '  return router;\n',
      `  router.post(
    '/:id/touch',
    { summary: 'Touch an order', params: orderIdSchema, responses: { 200: orderSchema }, errors: [404] },
    async (req, res) => {
      const { code } = await orders.get(req.params.id);
      res.json(await orders.update(req.params.id, { code }));
    },
  );

  return router;
`,
    ],
  ]),
  edit('own-route-first', router, [
    [
      "tag: 'orders' });\n",
      `tag: 'orders' });

  router.get('/newest', { summary: 'Show the newest order', query: pageQuerySchema, responses: { 200: orderSchema } }, async (req, res) => {
    const { items } = await orders.list(req.query);
    res.json(items.at(-1) ?? null);
  });
`,
    ],
  ]),
  edit(
    'other-summaries',
    router,
    [
      ["summary: 'Create an order'", "summary: 'Place an order'"],
      ["summary: 'List orders'", "summary: 'List orders, the oldest first'"],
    ],
    // The later templates changed the same line: the schema of the query.
    { conflicts: { '*': [router] } },
  ),
  edit('a-route-removed', router, [
    [
      `  router.delete(
    '/:id',
    {
      summary: 'Delete an order',
      params: orderIdSchema,
      responses: { 204: null },
      errors: [404],
      etag: true,
    },
    async (req, res) => {
      await orders.remove(req.params.id, ifMatch(req));
      res.status(204).end();
    },
  );

`,
      '',
    ],
  ]),
  edit('a-handler-of-its-own', router, [
    [
      `    async (req, res) => {
      const order = await orders.create(req.body);
      res.status(201).location(\`/v1/orders/\${order.id}\`).json(order);
    },
`,
      `    async (req, res) => {
      const created = await orders.create({ ...req.body, code: req.body.code.trim() });
      res.status(201).location(\`/v1/orders/\${created.id}\`).json(created);
    },
`,
    ],
  ]),
  edit('a-stricter-field', schema, [
    ['  code: textString(255),\n', "  code: textString(20).pattern(/^[A-Z]-[0-9]+$/, 'order code'),\n"],
  ]),
  {
    name: 'a-field-by-hand',
    files: {
      [model]: [['  placedAt: string;\n', "  placedAt: string;\n  source?: 'web' | 'shop' | null;\n"]],
      [schema]: [
        [
          '  placedAt: timestampString(),\n',
          "  placedAt: timestampString(),\n  source: joi.string().valid('web', 'shop').allow(null),\n",
        ],
        [
          '    placedAt: fields.placedAt.required(),\n  } satisfies FieldSchemas<NewOrder>)',
          '    placedAt: fields.placedAt.required(),\n    source: fields.source,\n  } satisfies FieldSchemas<NewOrder>)',
        ],
        [
          '    placedAt: fields.placedAt.required(),\n    createdAt',
          '    placedAt: fields.placedAt.required(),\n    source: fields.source.required(),\n    createdAt',
        ],
      ],
      'test/new-order.ts': [['toISOString(),\n', "toISOString(),\n    source: 'web',\n"]],
      'migrations/20260301120000_add_source_to_orders.ts': {
        text: `import type { Knex } from 'knex';

export const up = (knex: Knex) => knex.schema.alterTable('orders', (table) => table.text('source'));

export const down = (knex: Knex) => knex.schema.alterTable('orders', (table) => table.dropColumn('source'));
`,
      },
    },
    after: {
      field: {
        [schema]: [
          [
            '  placedAt: timestampString(),\n',
            "  placedAt: timestampString(),\n  source: joi.string().valid('web', 'shop').allow(null),\n",
          ],
          [
            '    placedAt: fields.placedAt.required(),\n    giftNote: fields.giftNote,',
            '    placedAt: fields.placedAt.required(),\n    source: fields.source,\n    giftNote: fields.giftNote,',
          ],
          [
            '    placedAt: fields.placedAt.required(),\n    giftNote: fields.giftNote.required(),',
            '    placedAt: fields.placedAt.required(),\n    source: fields.source.required(),\n    giftNote: fields.giftNote.required(),',
          ],
        ],
      },
    },
  },
  {
    name: 'a-field-by-hand-first',
    files: {
      [model]: [
        ['export interface NewOrder {\n', 'export interface NewOrder {\n  channel?: string | null;\n'],
      ],
      [schema]: [
        ['const fields = {\n', 'const fields = {\n  channel: textString(20).allow(null),\n'],
        ['.object<NewOrder>({\n', '.object<NewOrder>({\n    channel: fields.channel,\n'],
        ['.object<Order>({\n', '.object<Order>({\n    channel: fields.channel.required(),\n'],
      ],
      'test/new-order.ts': [['  return {\n', "  return {\n    channel: 'web',\n"]],
      'migrations/20260302120000_add_channel_to_orders.ts': {
        text: `import type { Knex } from 'knex';

export const up = (knex: Knex) => knex.schema.alterTable('orders', (table) => table.text('channel'));

export const down = (knex: Knex) => knex.schema.alterTable('orders', (table) => table.dropColumn('channel'));
`,
      },
    },
  },
  edit('own-schema', schema, [
    [
      'export const orderIdSchema',
      "/** A list of codes, for the warehouse. */\nexport const orderCodesSchema = joi.array().items(fields.code).label('OrderCodes');\n\nexport const orderIdSchema",
    ],
  ]),
  edit('notes-on-fields', model, [
    ['  total: string;\n', '  /** Without tax. */\n  total: string;\n'],
    ['  placedAt: string;\n', '  placedAt: string; // UTC\n'],
  ]),
  edit('own-type', model, [
    [
      'export type OrderChanges',
      "export type OrderStatus = 'open' | 'paid' | 'shipped';\n\nexport type OrderChanges",
    ],
  ]),
  edit('other-order-of-fields', model, [
    ['  code: string;\n  total: string;\n', '  total: string;\n  code: string;\n'],
  ]),
];
