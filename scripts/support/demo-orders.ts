import { execute } from './command.ts';
import type { Service } from './demo-events.ts';
import { expectStatus, send, until } from './demo-http.ts';
import { step } from './demo-report.ts';
import { installedCommand } from './installed-command.ts';

type Row = Record<string, unknown> & { id: string };

/** Places an order that succeeds and one for more than there is, and prints both with their payments and the stock. */
export async function showOrders([order, payment, inventory]: [Service, Service, Service]): Promise<void> {
  console.log();
  const item = await create(`${inventory.url}/v1/items`, { name: 'Notebook', quantity: 3 });
  const stock = async () => (await read<Row>(`${inventory.url}/v1/items/${item.id}`))['quantity'];
  const paymentOf = async (id: string) => {
    const { items } = await read<{ items: Row[] }>(`${payment.url}/v1/payments?orderId=${id}`);
    return items[0]?.['status'];
  };

  async function place(quantity: number, wanted: string): Promise<Record<string, unknown> & { id: string }> {
    const left = await stock();
    return step(`POST /v1/orders for ${quantity} of ${String(left)} notebooks: ${wanted}`, async () => {
      const { id } = await create(`${order.url}/v1/orders`, { itemId: item.id, quantity, amount: '19.90' });
      const status = async () => (await read<Row>(`${order.url}/v1/orders/${id}`))['status'];
      await until(`the status ${wanted} of order ${id}`, async () => (await status()) === wanted);
      return {
        id,
        quantity,
        order: await status(),
        payment: await paymentOf(id),
        'stock after': await stock(),
      };
    });
  }

  const orders = [await place(2, 'CONFIRMED'), await place(5, 'CANCELLED')];
  console.log();
  console.table(orders, ['quantity', 'order', 'payment', 'stock after']);
  await showHistory(order, orders[1]?.id ?? '');
}

interface History {
  history: { cause: { event?: string }; changes: { step?: string; change: string }[] }[];
}

/** Prints what the command says about the saga of an order, in short. */
async function showHistory({ folder }: Service, id: string): Promise<void> {
  const words = ['sagas', 'history', 'place-order', id, '--json'];
  const text = await execute(...installedCommand(folder, 'microservice-runtime', words), { cwd: folder });
  const { history } = JSON.parse(text) as History;
  console.log('\nThe second order, by npx microservice-runtime sagas history place-order ID:');
  for (const { cause, changes } of history)
    for (const [index, { step: name, change }] of changes.entries())
      console.log(
        `  ${(index === 0 ? (cause.event ?? '') : '').padEnd(18)}  ${[name, change].filter(Boolean).join(' ')}`,
      );
}

async function create(url: string, body: object): Promise<Row> {
  return (await (await expectStatus(201, await send('POST', url, body))).json()) as Row;
}

const read = async <Body>(url: string): Promise<Body> =>
  (await (await expectStatus(200, await fetch(url))).json()) as Body;
