// npm run demo [-- --keep] [-- --kafka]
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startKafka } from '../test/support/kafka.ts';
import { collect, end, execute, start } from './support/command.ts';
import { step } from './support/demo-report.ts';
import { exampleServices } from './support/example-workspace.ts';
import { installedCommand } from './support/installed-command.ts';
import { npmCommand } from './support/npm-cli.mjs';
import { packAll, type Packages } from './support/packages.ts';
import { seconds } from './support/seconds.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { untilReady } from './support/until-ready.ts';

const { values } = parseArgs({
  options: { keep: { type: 'boolean' }, kafka: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log(`npm run demo [-- --keep] [-- --kafka]

Generates a workspace with two services, runs them, and shows an event of one handled by the other.
  --keep   leave the services running until Ctrl-C
  --kafka  use real Apache Kafka (needs Java 17, or KAFKA_BOOTSTRAP_SERVERS) instead of the embedded broker`);
  process.exit(0);
}

const started = performance.now();
const running: { stop(): Promise<void> }[] = [];
const nextPort = { service: 8001, database: 5432 };
async function demo(): Promise<void> {
  const folder = await temporaryFolder('microservice-demo');
  const packages = await step('packed the three packages', () => packAll(path.join(folder, 'packages')));
  const generate = await step('installed create-microservice from its tarball', () =>
    installGenerator(folder, packages),
  );
  const workspace = path.join(folder, 'shop');
  await step('npm init microservice workspace shop', () =>
    generate(['workspace', 'shop', '--yes', '--no-git'], folder),
  );

  const kafka = await kafkaAddress();
  const user = await generateService(generate, workspace, 'user', exampleServices.user);
  const notification = await generateService(
    generate,
    workspace,
    'notification',
    exampleServices.notification,
  );
  for (const service of [user, notification])
    await step(`npm install in ${service.name}`, () => install(service, packages));
  for (const service of [user, notification]) {
    await step(`${service.name}: database, migrations, ready at ${service.url}`, () => run(service, kafka));
  }
  await showEvents(user, notification);

  console.log(`\nAll of it took ${seconds(started)}. The workspace is ${workspace}`);
  if (values.keep) return keepRunning(user, notification);
  console.log(`Try next:
  cd ${user.folder}
  npm run dev     then open ${user.url}/docs
  npm test        the service's own tests
  ${path.join(folder, 'tools', 'node_modules', '.bin', 'create-microservice')} order     the next service`);
}

interface Service {
  name: string;
  folder: string;
  url: string;
}

type Generate = (parameters: string[], cwd: string) => Promise<string>;

async function installGenerator(folder: string, packages: Packages): Promise<Generate> {
  const tools = path.join(folder, 'tools');
  const install = ['install', '--prefix', tools, '--no-audit', '--no-fund', packages.generator];
  await execute(...npmCommand(install), { cwd: folder });
  return (parameters, cwd) => execute(...installedCommand(tools, 'create-microservice', parameters), { cwd });
}

async function kafkaAddress(): Promise<string> {
  if (!values.kafka) return `localhost:${await freePort(9092)}`;
  const kafka = await step('started Apache Kafka', startKafka);
  running.push(kafka);
  return kafka.bootstrapServers;
}

async function generateService(
  generate: Generate,
  workspace: string,
  name: string,
  flags: string[],
): Promise<Service> {
  const port = await freePort(nextPort.service++);
  const databasePort = await freePort(nextPort.database++);
  const ports = ['--port', String(port), '--database-port', String(databasePort)];
  await step(`npm init microservice ${name}`, () =>
    generate(['service', name, '--yes', '--no-install', '--no-git', ...ports, ...flags], workspace),
  );
  return {
    name: `${name}-service`,
    folder: path.join(workspace, 'services', `${name}-service`),
    url: `http://localhost:${port}`,
  };
}

/** Installs the tarballs, which --no-save keeps out of package.json. */
const install = ({ folder }: Service, { runtime, devkit }: Packages) =>
  execute(...npmCommand(['install', '--no-save', '--no-audit', '--no-fund', runtime, devkit]), {
    cwd: folder,
  });

async function run({ folder, url }: Service, kafka: string): Promise<void> {
  const command = installedCommand(folder, 'microservice-devkit', ['dev', '--no-watch']);
  const env = { ...process.env, KAFKA_BOOTSTRAP_SERVERS: kafka };
  const child = start(...command, { cwd: folder, env });
  const output = collect(child);
  running.push({ stop: () => end(child) });
  await untilReady(`${url}/health/ready`, child, output);
}

async function showEvents(user: Service, notification: Service): Promise<void> {
  console.log(`\nuser-service is asked over HTTP; notification-service hears of it through events only.`);
  const copyOf = (id: string) => fetch(`${notification.url}/v1/user-copies/${id}`);
  const untilCopy = (id: string, isAsExpected: (copy: { name?: string }, status: number) => boolean) =>
    until(`notification-service's copy of ${id}`, async () => {
      const response = await copyOf(id);
      return isAsExpected((await response.json()) as { name?: string }, response.status);
    });

  const ids: string[] = [];
  for (const name of ['Ada', 'Grace', 'Barbara']) {
    await step(`POST /v1/users ${name}, and notification-service has its copy`, async () => {
      const id = await createUser(user, name);
      ids.push(id);
      await untilCopy(id, (copy, code) => code === 200 && copy.name === name);
    });
  }
  const [first, last] = [ids.at(0) ?? '', ids.at(-1) ?? ''];
  await step('PATCH /v1/users/:id, and the copy has the new name', async () => {
    await expectStatus(200, await send('PATCH', `${user.url}/v1/users/${first}`, { name: 'Ada Lovelace' }));
    await untilCopy(first, (copy) => copy.name === 'Ada Lovelace');
  });
  await step('DELETE /v1/users/:id, and the copy is gone', async () => {
    await expectStatus(204, await send('DELETE', `${user.url}/v1/users/${last}`));
    await untilCopy(last, (_, code) => code === 404);
  });
  const copies = await fetch(`${notification.url}/v1/user-copies`);
  console.log(`\nGET ${notification.url}/v1/user-copies`);
  console.table(((await copies.json()) as { items: object[] }).items);
}

async function createUser({ url }: Service, name: string): Promise<string> {
  const user = { email: `${name.toLowerCase()}@example.com`, name, age: 36, active: true };
  const response = await expectStatus(201, await send('POST', `${url}/v1/users`, user));
  return ((await response.json()) as { id: string }).id;
}

const send = (method: string, url: string, body?: unknown) =>
  fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function expectStatus(expected: number, response: Response): Promise<Response> {
  if (response.status === expected) return response;
  throw new Error(`${response.url} answered ${response.status}, not ${expected}: ${await response.text()}`);
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what} is not there after 30 s`);
    await pause(2);
  }
}

const pause = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));

/** Returns `wanted` if it is free on loopback, else a free port. */
async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

const tryPort = (port: number) =>
  new Promise<number | undefined>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });

function keepRunning(user: Service, notification: Service): Promise<void> {
  console.log(`Running until Ctrl-C: ${user.url}/docs and ${notification.url}/docs`);
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

let status = 0;
try {
  await demo();
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  status = 1;
} finally {
  for (const part of running.toReversed()) await part.stop();
}
process.exit(status);
