import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { collect, end, start } from '../../scripts/support/command.ts';
import { untilReady } from '../../scripts/support/until-ready.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';

const repository = path.resolve(import.meta.dirname, '..', '..');
const cli = path.join(repository, 'src', 'devkit', 'cli.ts');
const names = ['inventory', 'order', 'payment'] as const;
type Row = Record<string, unknown> & { id: string };

/** The services as the commands wrote them, on PostgreSQL and the embedded broker. */
describe('examples/orders', function () {
  this.timeout(300_000);
  let folder: string;
  let dev: ReturnType<typeof start>;
  let output: () => string;
  const urls: Record<string, string> = {};

  before(async () => {
    await mkdir(path.join(repository, '.tmp'), { recursive: true });
    folder = await mkdtemp(path.join(repository, '.tmp', 'orders-')); // so that the services find the packages
    await cp(path.join(repository, 'examples', 'orders'), folder, { recursive: true });
    const broker = await findFreePort('127.0.0.1');
    for (const name of names) urls[name] = await prepare(name, broker);
    const { PATH = '', HOME = '' } = process.env;
    dev = start(process.execPath, ['--import', 'tsx', cli, 'dev'], { cwd: folder, env: { PATH, HOME } });
    output = collect(dev);
    for (const name of names) await untilReady(`${urls[name]}/health/ready`, dev, output);
  });
  after(async () => {
    if (dev) await end(dev);
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
  });

  /** Gives a service ports of its own; resolves to its address. */
  async function prepare(name: string, broker: number): Promise<string> {
    const root = path.join(folder, 'services', `${name}-service`);
    await symlink(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
    const example = await readFile(path.join(root, '.env.example'), 'utf8');
    const [port, database] = [await findFreePort('127.0.0.1'), await findFreePort('127.0.0.1')];
    await writeFile(
      path.join(root, '.env'),
      example
        .replaceAll('RANDOM_PASSWORD', 'secret')
        .replace(/^(DATABASE_URL=.*@localhost:)\d+/m, `$1${database}`)
        .replace(/^PORT=.*/m, `PORT=${port}`)
        .replace(/^(KAFKA_BOOTSTRAP_SERVERS=localhost:)\d+/m, `$1${broker}`),
    );
    return `http://localhost:${port}`;
  }

  async function post(service: string, route: string, body: object): Promise<Row> {
    const response = await fetch(`${urls[service]}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 201, output());
    return (await response.json()) as Row;
  }
  const get = async <Body>(service: string, route: string) =>
    (await (await fetch(`${urls[service]}${route}`)).json()) as Body;

  /** Orders a quantity of an item of which there are 3; resolves once the order has the status. */
  async function place(quantity: number, status: string) {
    const item = await post('inventory', '/v1/items', { name: `item for ${status}`, quantity: 3 });
    const order = await post('order', '/v1/orders', { itemId: item.id, quantity, amount: '9.99' });
    assert.equal(order['status'], 'PENDING');
    const statusOf = async () => (await get<Row>('order', `/v1/orders/${order.id}`))['status'];
    await waitFor(async () => (await statusOf()) === status, {
      message: `the order is ${status}`,
      timeout: 60_000,
    });
    const payments = await get<{ items: Row[] }>('payment', `/v1/payments?orderId=${order.id}`);
    const { quantity: left } = await get<Row>('inventory', `/v1/items/${item.id}`);
    return { payments: payments.items.map(({ amount, status: each }) => ({ amount, status: each })), left };
  }

  it('confirms an order that is paid and reserved', async () => {
    assert.deepEqual(await place(2, 'CONFIRMED'), {
      payments: [{ amount: '9.99', status: 'PROCESSED' }],
      left: 1,
    });
  });

  it('cancels an order for more than there is, and refunds its payment', async () => {
    assert.deepEqual(await place(5, 'CANCELLED'), {
      payments: [{ amount: '9.99', status: 'REFUNDED' }],
      left: 3,
    });
  });
});
