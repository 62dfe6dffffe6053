import path from 'node:path';
import { execute } from './command.ts';
import { writeHttpContract } from './http-contract.ts';

/** A call of the command: the folder below the workspace, and its words and flags. */
type GeneratorCall = readonly [folder: string, word: string, ...args: string[]];

const command = path.resolve(import.meta.dirname, '..', '..', 'dist', 'create-microservice.js');
const service = (name: string) => `services/${name}-service`;

/** The commands that write an order system: a saga reserves the stock of an item after the payment, or refunds it. */
export const orderSystem: readonly GeneratorCall[] = [
  [
    '.',
    'order',
    '--resource',
    'order',
    '--fields',
    'itemId:uuid quantity:integer amount:decimal status:enum(PENDING|CONFIRMED|CANCELLED):default(PENDING)',
  ],
  [
    '.',
    'payment',
    '--resource',
    'payment',
    '--fields',
    'orderId:uuid:index amount:decimal status:enum(PROCESSED|REFUNDED):default(PROCESSED)',
  ],
  ['.', 'inventory', '--resource', 'item', '--fields', 'name:string:unique quantity:integer'],
  [
    service('order'),
    'saga',
    'place-order',
    '--started-by',
    'order.created',
    '--step',
    'payment:amount:decimal',
    '--step',
    'inventory:itemId:uuid,quantity:integer',
  ],
  [service('payment'), 'consumer', 'order.payment-requested', '--replies'],
  [service('inventory'), 'consumer', 'order.inventory-requested', '--replies'],
];

/** Writes the workspace `orders` of three services into `folder` with the built command; resolves to its path. */
export async function writeOrderSystem(folder: string): Promise<string> {
  const generate = (cwd: string, args: readonly string[]) =>
    execute(process.execPath, [command, ...args, '--yes'], { cwd });
  await generate(folder, ['workspace', 'orders', '--no-git']);
  const workspace = path.join(folder, 'orders');
  for (const [from, ...args] of orderSystem)
    await generate(path.join(workspace, from), from === '.' ? [...args, '--no-install', '--no-git'] : args);
  for (const name of ['order', 'payment', 'inventory'])
    await writeHttpContract(path.join(workspace, service(name)));
  return workspace;
}
