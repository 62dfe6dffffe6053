import assert from 'node:assert/strict';
import { commands } from '../../generators/service/commands/commands.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { referencesFault } from '../../generators/service/model/reference-rules.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { newService, runInMemory } from './support/service-in-memory.ts';

const resourcesOf = (fields: Record<string, string>) =>
  Object.entries(fields).map(([name, text]) => ({ name, fields: parseFields(text) }));

const shop = {
  order: 'code:string:unique customer:reference(customer)',
  customer: 'name:string parent:reference(customer):optional',
};
const shopAnswers = (more: Record<string, string> = {}) =>
  serviceAnswers({ name: 'shop', resources: resourcesOf({ ...shop, ...more }) });

const migrationsOf = (files: Iterable<string>) =>
  [...files].filter((file) => file.startsWith('migrations/')).toSorted();

describe('references between the resources of a service', () => {
  const refused: [title: string, resources: Record<string, string>, fault: RegExp][] = [
    [
      'a resource with another name',
      { order: 'customer:reference(custmer)', customer: 'name:string' },
      /^the field "customerId" of "order" references "custmer", but the service has no such resource\. Did you mean "customer"\? It has: order, customer\./,
    ],
    [
      'a resource of another service',
      { order: 'user:reference(user)' },
      /Each service has its own database: for a resource of another service write userId:uuid, and consume its events$/,
    ],
    [
      'its own resource, and is required',
      { node: 'parent:reference(node)' },
      /^the field "parentId" references its own resource "node", so the first row has no value for it; add ":optional"$/,
    ],
    [
      'a resource that references it',
      { order: 'invoice:reference(invoice)', invoice: 'order:reference(order):optional' },
      /"invoice" and "order" reference each other, directly or through others; make one of the references a uuid$/,
    ],
    [
      'a resource that references it through others',
      { a: 'b:reference(b)', b: 'c:reference(c)', c: 'a:reference(a)' },
      /reference each other/,
    ],
  ];
  for (const [title, resources, fault] of refused) {
    it(`are refused if a field references ${title}`, () =>
      assert.match(referencesFault(resourcesOf(resources)) ?? '', fault));
  }

  it('can follow each other, meet in one resource, and lead to the same one', () => {
    const resources = {
      a: 'b:reference(b) c:reference(c)',
      b: 'c:reference(c)',
      c: 'c:reference(c):optional',
    };
    assert.equal(referencesFault(resourcesOf(resources)), undefined);
  });

  it('create each table after those that it references', async () => {
    const files = await serviceFiles(shopAnswers({ aisle: 'order:reference(order)' }));
    const order = migrationsOf(files.keys()).filter((file) => /_(aisles|orders|customers)\.ts$/.test(file));
    assert.deepEqual(
      order.map((file) => /create_(\w+)/.exec(file)?.[1]),
      ['customers', 'orders', 'aisles'],
    );
  });

  it('have an index and a foreign key, whose constraint the repository translates', async () => {
    const files = await serviceFiles(shopAnswers());
    const migration = [...files].find(([file]) => file.endsWith('_create_orders.ts'))?.[1] ?? '';
    assert.match(
      migration,
      /uuid\('customer_id'\)\s*\.notNullable\(\)\s*\.references\('id'\)\s*\.inTable\('customers'\)\s*\.onDelete\('RESTRICT'\)/,
    );
    assert.match(migration, /index\(\['customer_id', 'id'\]/);
    assert.match(
      files.get('src/repositories/order-repository.ts') ?? '',
      /orders_customer_id_foreign: 'customerId'/,
    );
  });

  it('refuse to remove a resource, name the field, and tell the command that removes it first', async () => {
    const bill = 'payer:reference(customer) giver:reference(customer)';
    const remove = async (name: string, before: ServiceAnswers) => {
      const command = commands.find((each) => each.name === 'remove') ?? assert.fail();
      const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => [] };
      return command.change(before, { words: ['resource', name], given: [], yes: true, context });
    };
    const answers = shopAnswers({ bill });
    await assert.rejects(remove('customer', answers), {
      name: 'UsageError',
      message:
        'the resource "customer" cannot be removed, since these fields reference it: "customerId" of "order", "payerId" of "bill", "giverId" of "bill"; ' +
        'first write npm init microservice remove resource order and npm init microservice remove resource bill',
    });
    const left = await remove('customer', await remove('bill', await remove('order', answers)));
    assert.deepEqual(left.resources, []);
  });

  it('can be added in later runs: a resource that references another one, and a field', async () => {
    const before = await newService(
      serviceAnswers({ name: 'shop', resources: resourcesOf({ customer: 'name:string' }) }),
    );
    const added = await runInMemory(before, ['resource', ['order'], { fields: shop.order }]);
    assert.match(
      added.disk.get('test/new-order.ts') ?? '',
      /import \{ newCustomer \} from '\.\/new-customer\.ts'/,
    );
    const { disk } = await runInMemory(added, [
      'field',
      ['order'],
      { fields: 'payer:reference(customer):optional' },
    ]);
    const files = migrationsOf(disk.keys()).filter((file) => !added.disk.has(file));
    assert.deepEqual(
      files.map((file) => file.replace(/^migrations\/\d+_/, '')),
      ['add_payer_id_to_orders.ts', 'index_payer_id_of_orders.ts'],
    );
    assert.match(disk.get(files[0] ?? '') ?? '', /\.references\('id'\)\s*\.inTable\('customers'\)/);
    await assert.rejects(
      runInMemory(added, ['field', ['order'], { fields: 'u:reference(user):optional' }]),
      /the field "uId" of "order" references "user", but the service has no such resource/,
    );
  });
});
