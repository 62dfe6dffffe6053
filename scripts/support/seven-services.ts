import path from 'node:path';
import { execute } from './command.ts';

/** A call of the command: the folder below the workspace, and its words and flags. */
type GeneratorCall = readonly [folder: string, ...args: string[]];

const command = path.resolve(import.meta.dirname, '..', '..', 'dist', 'create-microservice.js');
/** Callers need a token of the development issuer. */
const jwt = ['--auth', 'jwt'];
const service = (name: string) => `services/${name}-service`;

/** The commands that write a workspace of seven services, which share only events. auth holds the accounts; an issuer signs the tokens. */
export const sevenServices: readonly GeneratorCall[] = [
  ['.', 'auth', '--resource', 'account', '--fields', 'email:string:unique role:enum(rider|driver)', ...jwt],
  [
    '.',
    'user',
    '--resource',
    'user',
    '--fields',
    'email:string:unique name:string phone:string:optional',
    ...jwt,
  ],
  ['.', 'driver', '--resource', 'driver', '--fields', 'name:string plate:string:unique'],
  [
    '.',
    'order',
    '--resource',
    'order',
    '--fields',
    'userId:uuid total:decimal status:enum(open|paid)',
    ...jwt,
  ],
  ['.', 'payment', '--resource', 'payment', '--fields', 'orderId:uuid amount:decimal'],
  ['.', 'inventory', '--resource', 'item', '--fields', 'name:string:unique quantity:integer'],
  ['.', 'notification', '--no-resources'],
  [service('payment'), 'event', 'payment.processed', '--fields', 'orderId:uuid'],
  [service('inventory'), 'event', 'item.reserved', '--fields', 'orderId:uuid quantity:integer'],
  [service('user'), 'consumer', 'account.created', '--handler'],
  [service('driver'), 'consumer', 'account.created', '--handler'],
  [service('order'), 'consumer', 'user.created', 'user.updated', 'user.deleted', '--copy'],
  [service('order'), 'consumer', 'payment.processed', '--handler'],
  [service('order'), 'consumer', 'item.reserved', '--handler'],
  [service('payment'), 'consumer', 'order.created', '--handler'],
  [service('inventory'), 'consumer', 'order.created', '--handler'],
  [service('notification'), 'consumer', 'user.created', 'user.updated', '--copy'],
  [service('notification'), 'consumer', 'order.created', '--handler'],
  [service('notification'), 'consumer', 'payment.processed', '--handler'],
  [service('payment'), 'client', 'bank', '--url', 'https://api.bank.example.com'],
];

/** Writes the workspace `rides` of seven services into `folder` with the built command; resolves to its path. */
export async function writeSevenServices(folder: string): Promise<string> {
  const generate = (cwd: string, args: readonly string[]) =>
    execute(process.execPath, [command, ...args, '--yes'], { cwd });
  await generate(folder, ['workspace', 'rides', '--no-git']);
  const workspace = path.join(folder, 'rides');
  for (const [from, ...args] of sevenServices)
    await generate(path.join(workspace, from), from === '.' ? [...args, '--no-install', '--no-git'] : args);
  return workspace;
}
