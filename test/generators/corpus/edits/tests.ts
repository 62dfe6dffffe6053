import { edit, type Edit } from './edit.ts';

const routes = 'test/order-router.test.ts';

/** Edits of the tests. */
export const tests: readonly Edit[] = [
  edit('own-test-last', routes, (text) =>
    text.replace(
      /\}\);\n$/,
      `
  it('GET answers 404 after a delete', async () => {
    const { id } = await create();
    await service.request('DELETE', \`/v1/orders/\${id}\`).expect(204);
    await service.request('GET', \`/v1/orders/\${id}\`).expect(404);
  });
});
`,
    ),
  ),
  edit('own-test-between', routes, [
    [
      "  it('GET lists every order once",
      `  it('GET answers the order that was created', async () => {
    const { id, code } = await create();
    assert.equal((await service.request<Order>('GET', \`/v1/orders/\${id}\`)).body.code, code);
  });

  it('GET lists every order once`,
    ],
  ]),
  edit('a-test-removed', routes, (text) => text.replace(/  it\('GET answers 304[\s\S]*?\n {2}\}\);\n\n/, '')),
  edit('other-titles', routes, [
    ["  it('POST stores an absent optional field as null'", "  it('POST stores null for an absent note'"],
    ["  it('DELETE answers 204, then 404", "  it('DELETE answers 204 once, then 404"],
  ]),
  edit('other-test-data', 'test/new-order.ts', [
    ['    code: `A-${2000 + count}`,\n', '    code: `N-${7000 + count}`,\n'],
  ]),
  edit(
    'more-test-data',
    'test/new-order.ts',
    (text) => `${text}
/** Ten valid bodies. */
export const tenOrders = () => Array.from({ length: 10 }, newOrder);
`,
  ),
  edit(
    'a-stronger-handler-test',
    'test/payment-consumers.test.ts',
    [
      [
        "import { randomUUID } from 'node:crypto';",
        "import assert from 'node:assert/strict';\nimport { randomUUID } from 'node:crypto';",
      ],
      [
        '    await untilHandled(await service.publish(paymentProcessed.of(id, paymentData(id, 1))));\n',
        "    const event = paymentProcessed.of(id, paymentData(id, 1));\n    await untilHandled(await service.publish(event));\n    assert.equal(paymentProcessed.type, 'payment.processed');\n",
      ],
    ],
    { usesRemoved: ['remove-consumer'] },
  ),
  edit(
    'a-copy-test-of-its-own',
    'test/product-copy.test.ts',
    [
      [
        "  it('GET answers 404 for an id without events'",
        `  it('GET answers a product with its price', async () => {
    const id = randomUUID();
    await service.publish(productCreated.of(id, productData(id, 3)));
    await untilStatus(id, 200);
    assert.equal((await get(id)).body.price, '39.990000');
  });

  it('GET answers 404 for an id without events'`,
      ],
    ],
    {
      after: {
        copy: {
          'test/product-copy.test.ts': [
            [
              "  it('GET answers 404 after product.deleted'",
              `  it('GET answers a product with its price', async () => {
    const id = randomUUID();
    await service.publish(productCreated.of(id, productData(id, 3)));
    await untilStatus(id, 200);
    assert.equal((await get(id)).body.price, '39.990000');
  });

  it('GET answers 404 after product.deleted'`,
            ],
          ],
        },
      },
    },
  ),
];
