// npm run demo [-- --keep] [-- --kafka]
import { spawnSync } from 'node:child_process';
import { rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startKafka } from '../test/support/kafka.ts';
import { collect, end, execute, start } from './support/command.ts';
import { showEvents, type Service } from './support/demo-events.ts';
import { showOrders } from './support/demo-orders.ts';
import { introduction, ordersIntroduction, step } from './support/demo-report.ts';
import { orderSystem } from './support/example-orders.ts';
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

Generates a workspace with two services, runs them, and shows an event of one handled by the other. Then it generates
three services that a saga connects, and shows a confirmed order and a canceled one, whose payment is refunded.
  --keep   leave the services running until Ctrl-C; the files stay in any case
  --kafka  use real Apache Kafka (needs Java 17, or KAFKA_BOOTSTRAP_SERVERS) instead of the embedded broker`);
  process.exit(0);
}

const started = performance.now();
/** Each service is its own repository, if this machine has git. */
const git = spawnSync('git', ['--version']).status === 0 ? [] : ['--no-git'];
const running: { stop(): Promise<void> }[] = [];
const nextPort = { service: 8001, database: 5432 };
const stopping = new AbortController();
const { signal } = stopping;
const folder = await temporaryFolder('microservice-demo');

async function demo(): Promise<void> {
  console.log(introduction);
  const packages = await step('packed the three packages', () => packAll(path.join(folder, 'packages')));
  const generate = await step('installed create-microservice from its tarball', () =>
    installGenerator(packages),
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
    await step(`${service.name}: migrated, ready at ${service.url}`, () => run(service, kafka));
  }
  await showEvents(user, notification, kafka);

  const orders = await generateOrders(generate, workspace);
  await installOnce(orders, packages);
  for (const service of orders)
    await step(`${service.name}: migrated, ready at ${service.url}`, () => run(service, kafka));
  await showOrders(orders);

  console.log(`\nAll of it took ${seconds(started)}. The workspace is ${workspace}`);
  if (values.keep) await keepRunning([user, notification, ...orders]);
  console.log(`rm -rf ${folder} removes it.
Next, run a service and open ${user.url}/docs:

  cd ${user.folder} && npm run dev`);
}

type Generate = (parameters: string[], cwd: string) => Promise<string>;

async function installGenerator(packages: Packages): Promise<Generate> {
  const tools = path.join(folder, 'tools');
  const install = ['install', '--prefix', tools, '--no-audit', '--no-fund', packages.generator];
  await execute(...npmCommand(install), { cwd: folder, signal });
  return (parameters, cwd) =>
    execute(...installedCommand(tools, 'create-microservice', parameters), {
      cwd,
      signal,
    });
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
    generate(['service', name, '--yes', '--no-install', ...git, ...ports, ...flags], workspace),
  );
  return {
    name: `${name}-service`,
    folder: path.join(workspace, 'services', `${name}-service`),
    url: `http://localhost:${port}`,
  };
}

/** The services for orders, payments and the inventory, with a saga that connects them. */
async function generateOrders(generate: Generate, workspace: string): Promise<[Service, Service, Service]> {
  console.log(`\n${ordersIntroduction}`);
  const services: Service[] = [];
  for (const [from, name, ...flags] of orderSystem)
    if (from === '.') services.push(await generateService(generate, workspace, name, flags));
    else
      await step(`npm init microservice ${name} ${flags[0]}`, () =>
        generate([name, ...flags, '--yes'], path.join(workspace, from)),
      );
  const [order, payment, inventory] = services;
  if (!order || !payment || !inventory) throw new Error('the order system has fewer than three services');
  return [order, payment, inventory];
}

/** The services of an order system have the same dependencies: the others use those of the first one. */
async function installOnce([first, ...others]: [Service, ...Service[]], packages: Packages): Promise<void> {
  await step(`npm install in ${first.name}, which the other two share`, () => install(first, packages));
  for (const { folder: other } of others)
    await symlink(path.join(first.folder, 'node_modules'), path.join(other, 'node_modules'), 'junction');
}

/** Installs the tarballs, which --no-save keeps out of package.json. */
const install = ({ folder }: Service, { runtime, devkit }: Packages) =>
  execute(...npmCommand(['install', '--no-save', '--no-audit', '--no-fund', runtime, devkit]), {
    cwd: folder,
    signal,
  });

async function run({ folder, url }: Service, kafka: string): Promise<void> {
  const command = installedCommand(folder, 'microservice-devkit', ['dev', '--no-watch']);
  const env = { ...process.env, KAFKA_BOOTSTRAP_SERVERS: kafka };
  const child = start(...command, { cwd: folder, env });
  const output = collect(child);
  running.push({ stop: () => end(child) });
  await untilReady(`${url}/health/ready`, child, output);
}

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

function keepRunning(services: Service[]): Promise<void> {
  console.log('Running until Ctrl-C:');
  for (const { name, url } of services) console.log(`  ${url}/docs  ${name}`);
  return stopped;
}

/** The time for the commands of an interrupted demo to end, in ms. */
const endPatience = 5_000;

const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
let isFinished = false;
let failure: unknown;
const working = demo().then(
  () => (isFinished = true),
  (error: unknown) => (failure = error),
);
await Promise.race([working, stopped]);
if (signal.aborted) await Promise.race([working, delay(endPatience)]);
for (const part of running.toReversed()) await part.stop().catch((error: unknown) => (failure ??= error));
process.exit(isFinished && !failure ? 0 : await leave());

/** The second Ctrl-C does not wait. */
function stop(): void {
  if (!signal.aborted) return stopping.abort();
  console.error(`\nThe files of the demo are in ${folder}.\nrm -rf ${folder} removes them.`);
  process.exit(130);
}

/** Removes the files of an interrupted demo, and names those of a failed one. Resolves to the exit code. */
async function leave(): Promise<number> {
  if (signal.aborted && !isFinished) {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    console.log(`\nStopped, and removed ${folder}`);
    return 130;
  }
  console.error(`\nThe demo failed: ${failure instanceof Error ? failure.message : String(failure)}`);
  console.error(`Its files are in ${folder}.\nrm -rf ${folder} removes them.`);
  return 1;
}
