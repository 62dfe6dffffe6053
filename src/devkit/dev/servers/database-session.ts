import { Client } from 'pg';
import { atMost } from '../../patience.ts';

/** The time for the end of a session, in ms: a suspended server does not close the connection. */
const endPatience = 1_000;

/** Logs in and out again; resolves to the error if the login fails. */
export async function tryLogin(connectionString: string): Promise<unknown> {
  const client = createClient(connectionString);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await atMost(endPatience, client.end()).catch(() => undefined);
  }
}

/** Resolves when the server ends our session or refuses a login. */
export async function untilClosed(connectionString: string): Promise<void> {
  const client = createClient(connectionString);
  try {
    await client.connect();
  } catch {
    return;
  }
  await new Promise<void>((resolve) => client.once('end', resolve)); // not once(): it rejects on `error`
}

function createClient(connectionString: string): Client {
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'microservice-devkit',
  });
  client.on('error', () => undefined);
  return client;
}
