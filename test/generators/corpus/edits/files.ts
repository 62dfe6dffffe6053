import { edit, type Edit } from './edit.ts';

const app = 'src/app.ts';
const service = 'src/services/order-service.ts';

/** Files that the owner has deleted, moved, split or added. */
export const files: readonly Edit[] = [
  edit('no-dockerfile', 'Dockerfile', undefined),
  edit('no-kubernetes', 'k8s/deployment.yaml', undefined),
  edit('a-test-deleted', 'test/order-router.test.ts', undefined),
  {
    name: 'no-copy-routes',
    files: {
      'src/routers/product-copy-router.ts': undefined,
      'test/product-copy.test.ts': undefined,
      [app]: [
        ["import { createProductCopyRouter } from './routers/product-copy-router.ts';\n", ''],
        ['  routers.push(createProductCopyRouter(productCopies));\n', ''],
      ],
    },
  },
  {
    name: 'a-moved-service',
    files: {
      [service]: undefined,
      'src/domain/orders.ts': { from: service, change: [] },
      [app]: [["from './services/order-service.ts'", "from './domain/orders.ts'"]],
      'src/routers/order-router.ts': [["from '../services/order-service.ts'", "from '../domain/orders.ts'"]],
    },
    // The later templates gave the list of the service a query with filters.
    allowedErrors: [
      {
        file: 'src/routers/order-router.ts',
        message:
          'TS2345: Argument of type \'QueryOf<Order, "code" | "placedAt">\' is not assignable to parameter of type \'PageQuery\'.',
      },
    ],
  },
  {
    name: 'a-split-schema',
    files: {
      'src/schemas/order-schema.ts': [
        [
          "\nexport const orderPageSchema = pageSchemaOf(orderSchema).label('OrderPage');\n\nexport const orderIdSchema = joi.object<{ id: string }>({ id: uuidString().required() });\n",
          '',
        ],
        ['  pageSchemaOf,\n', ''],
      ],
      'src/schemas/order-page-schema.ts': {
        text: `import joi from 'joi';
import { pageSchemaOf, uuidString } from 'microservice-runtime';
import { orderSchema } from './order-schema.ts';

export const orderPageSchema = pageSchemaOf(orderSchema).label('OrderPage');

export const orderIdSchema = joi.object<{ id: string }>({ id: uuidString().required() });
`,
      },
      'src/routers/order-router.ts': [
        [
          "import {\n  newOrderSchema,\n  orderChangesSchema,\n  orderIdSchema,\n  orderPageSchema,\n  orderSchema,\n} from '../schemas/order-schema.ts';",
          "import { orderIdSchema, orderPageSchema } from '../schemas/order-page-schema.ts';\nimport { newOrderSchema, orderChangesSchema, orderSchema } from '../schemas/order-schema.ts';",
        ],
      ],
    },
  },
  edit('an-own-file', 'src/services/discounts.ts', {
    text: '/** The total of an order after its discount, in percent. */\nexport const discounted = (total: number, percent: number) => total * (1 - percent / 100);\n',
  }),
  edit('an-own-test-file', 'test/own.test.ts', {
    text: "import assert from 'node:assert/strict';\n\ndescribe('one', () => {\n  it('is one', () => assert.equal(1, 1));\n});\n",
  }),
];
