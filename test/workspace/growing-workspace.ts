import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { everyType } from '../support/every-type.ts';

/** A call of the command: the folder below the workspace, and its words and flags. */
type Call = [folder: string, ...args: string[]];

const everyField = everyType
  .flatMap(([word, type]) => [`my${word}:${type}`, `maybe${word}:${type}:optional`])
  .join(' ');
const service = (name: string) => `services/${name}-service`;

/** Writes four services of a workspace, and adds every kind of part to them. */
export const calls: readonly Call[] = [
  ['.', 'order', '--resource', 'order', '--fields', 'code:string:unique total:decimal'],
  ['.', 'payment', '--resource', 'payment', '--fields', 'orderId:uuid amount:decimal'],
  ['.', 'catalog', '--no-resources'],
  ['.', 'mail', '--no-resources'],
  [service('catalog'), 'resource', 'product', '--fields', 'title:string:unique'],
  [service('catalog'), 'event', 'product.measured', '--fields', everyField],
  [service('order'), 'field', 'order', '--fields', 'remark:text:optional'],
  [service('order'), 'event', 'order.shipped', '--fields', 'carrier:string'],
  [service('payment'), 'event', 'payment.processed', '--fields', 'orderId:uuid'],
  [service('payment'), 'consumer', 'order.created', '--handler'],
  [service('mail'), 'consumer', 'payment.processed', 'payment.deleted', '--copy'],
  [service('mail'), 'consumer', 'product.measured', '--handler'],
  ['.', 'consumer', 'order.shipped', '--handler', '--service', 'mail'],
  [service('catalog'), 'client', 'tax', '--url', 'https://api.example.com'],
  [service('catalog'), 'resource', 'shelf', '--fields', 'place:string'],
  [service('catalog'), 'remove', 'resource', 'shelf'],
];

/** A change by the owner: the service, the file, the text to find, and the text that replaces it. */
export type Edit = [service: string, file: string, from: string | RegExp, to: string];

/** A route that publishes an event, a handler that does real work, and changes to the files around them. */
export const edits: readonly Edit[] = [
  [
    'order',
    'src/services/order-service.ts',
    /(?<= {2}return \{\n)/,
    `    ship: (id: string, carrier: string, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (!(await orders.find(id, trx))) throw notFound(id);
        await publish.shipped({ id, carrier }, trx);
      }),

`,
  ],
  [
    'order',
    'src/routers/order-router.ts',
    /(?= {2}return router;)/,
    `  router.post(
    '/:id/ship',
    { summary: 'Ship an order', params: orderIdSchema, responses: { 204: null }, errors: [404] },
    async (req, res) => {
      await orders.ship(req.params.id, 'by hand');
      res.status(204).end();
    },
  );

`,
  ],
  [
    'order',
    'src/app.ts',
    /(?= {2}const app = )/,
    `  logger.debug({ routers: routers.length }, 'wired by hand');\n\n`,
  ],
  ['order', 'package.json', '"scripts": {', '"scripts": {\n    "by-hand": "true",'],
  ['order', 'Dockerfile', /^/, '# by hand\n'],
  ['order', 'README.md', /$/, '\n## By hand\n\nWritten by hand.\n'],
  [
    'payment',
    'src/events/order-consumers.ts',
    /(?=\n\n)/,
    "\nimport { createPaymentPublisher } from './payment-publisher.ts';",
  ],
  ['payment', 'src/events/order-consumers.ts', 'async (event) => {', 'async (event, trx) => {'],
  [
    'payment',
    'src/events/order-consumers.ts',
    / {4}logger\.info.*\n/,
    `    const { subject: orderId, data } = event;
    const amount = data.total;
    const [{ id }] = await trx('payments').insert({ orderId, amount }).returning('id');
    await createPaymentPublisher(bus).processed({ id, orderId }, trx);
`,
  ],
  ['payment', 'src/events/order-consumers.ts', 'logger: Logger', '_logger: Logger'],
  ['mail', 'k8s/deployment.yaml', /replicas: \d+/, 'replicas: 7 # by hand'],
  ['mail', 'src/config.ts', /^/, '// by hand\n'],
  ['catalog', 'docker-compose.yml', /^/, '# by hand\n'],
];

/** The texts of an earlier generator, which the owner did not change: `update` replaces them. */
const older: readonly Edit[] = ['order', 'payment', 'catalog', 'mail'].flatMap((name): Edit[] => [
  [name, 'src/main.ts', /$/, '// older\n'],
  [name, '.dockerignore', /$/, '# older\n'],
  [name, 'Dockerfile', /$/, '# older\n'],
  [name, 'package.json', /(?<="knex": "~3\.)\d+/, '2'],
]);

/** Changes a text of a file. Rejects if the file does not have the text. */
export async function edit(workspace: string, [name, file, from, to]: Edit): Promise<void> {
  await replace(path.join(workspace, service(name), file), from, to);
}

/** Gives the services of a workspace older texts, in the memory of the generator and in the folder. */
export async function age(workspace: string): Promise<void> {
  for (const [name, file, from, to] of older)
    for (const each of [file, `.yo-base/${file}.txt`])
      await replace(path.join(workspace, service(name), each), from, to);
}

async function replace(file: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const edited = text.replace(from, () => to);
  if (edited === text) throw new Error(`${String(from)} is not in ${file}`);
  await writeFile(file, edited);
}
