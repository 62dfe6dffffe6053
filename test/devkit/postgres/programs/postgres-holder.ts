import { startPostgres } from '../../../../src/devkit/postgres/postgres.ts';

/** Starts the server that its first argument describes, prints its address, and waits until it is killed. */
const server = await startPostgres(JSON.parse(process.argv[2] ?? '{}'));
process.stdout.write(`${server.url()}\n`);
setInterval(() => undefined, 60_000);
