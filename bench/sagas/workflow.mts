import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import { now, serve } from '../events/program.ts';
import { cpu, runsOf, type OrderApi } from './runs.ts';

/**
 * The peer, `workflow <database url> <system database url>`: a durable workflow of three steps, each of which writes a row. The last one
 * also confirms the order. A step is repeated if the process dies before its result is stored. Both pools have 10 connections.
 */
const [databaseUrl = '', systemDatabaseUrl = ''] = process.argv.slice(2);
const database = new pg.Pool({ connectionString: databaseUrl, max: 10 });

const work = (step: string, orderId: string) =>
  database.query('insert into works (step, order_id) values ($1, $2)', [step, orderId]);

const placeOrder = DBOS.registerWorkflow(
  async (orderId: string): Promise<void> => {
    await DBOS.runStep(async () => void (await work('payment', orderId)), { name: 'payment' });
    await DBOS.runStep(async () => void (await work('inventory', orderId)), { name: 'inventory' });
    await DBOS.runStep(async () => void (await ship(orderId)), { name: 'shipping' });
  },
  { name: 'placeOrder' },
);

/** One statement is one transaction. */
const ship = (orderId: string) =>
  database.query(
    `with work as (insert into works (step, order_id) values ('shipping', $1))
     update orders set status = 'confirmed' where id = $1`,
    [orderId],
  );

const api: OrderApi = {
  async start() {
    DBOS.setConfig({ name: 'bench', systemDatabaseUrl, systemDatabasePoolSize: 10, logLevel: 'error' });
    await DBOS.launch();
    await database.query('create table orders (id text primary key, status text not null)');
    await database.query('create table works (step text, order_id text)');
  },
  ...runsOf(async (orderId) => {
    await database.query(`insert into orders (id, status) values ($1, 'pending')`, [orderId]);
    const handle = await DBOS.startWorkflow(placeOrder, { workflowID: orderId })(orderId);
    return { ended: handle.getResult().then(now) };
  }),
  cpu,
};

serve(api);
