import { serviceUrl } from './services/announce.ts';
import { type Environment, sharedEnvironment } from './environment/environment.ts';
import { createDisplay } from './output/display.ts';
import type { Display } from './output/output.ts';
import { type Parts, createParts } from './servers/parts.ts';
import { assertPortsDiffer } from './servers/ports.ts';
import { type Prepared, type RunningAlready, prepare } from './services/preparation.ts';
import { type RunningService, runService } from './services/running-service.ts';
import { assertInstalled, throwFaults } from './services/service-faults.ts';
import { type Selection, selectServices } from './services/services.ts';
import { atMost } from '../patience.ts';
import { type StopSignals, dieBySignal, listenForStop } from './stop-signals.ts';

export interface DevOptions {
  /** The folder of a service or of a workspace. */
  cwd: string;
  /** The selected services of the workspace; if empty, the service of `cwd`, or all. */
  names: string[];
  /** Start only database and Kafka, for `npx knex` and other terminals. */
  partsOnly: boolean;
  /** Restart a service when its code changes or when it exits. */
  watch: boolean;
}

/** The longest orderly stop, and the longest end of killed processes, in ms. */
const stopPatience = 40_000;
const killPatience = 3_000;

/**
 * Runs services for development: a PostgreSQL for each and a Kafka at the addresses in their `.env` (embedded ones if nothing
 * answers there), the migrations, then the services. Resolves to the exit code when everything that it started has ended: 0
 * after a signal or if another `dev` runs all services, else that of a service that exited and is not watched. Rejects if
 * anything cannot start. A second signal, or a stop that takes too long, kills everything, and ends this process by SIGINT.
 */
export async function dev(options: DevOptions): Promise<number> {
  const selection = await selectServices(options.cwd, options.names);
  process.stdout.on('error', () => undefined); // if the terminal is closed, dev must still stop the processes that it started
  const system = createSystem(selection, options);
  const signals = listenForStop();
  const working = run(system, signals);
  try {
    return await Promise.race([working, signals.first.then(() => 0)]);
  } finally {
    working.catch(() => undefined);
    await shutDown(system, signals);
    signals.release();
  }
}

interface System extends Selection {
  options: DevOptions;
  given: Environment;
  display: Display;
  parts: Parts;
  running: RunningService[];
}

function createSystem(selection: Selection, options: DevOptions): System {
  const { services, workspace, isOwnFolder } = selection;
  const display = createDisplay({ services, isOwnFolder, hasTable: !options.partsOnly });
  const given = services.length === 1 ? process.env : sharedEnvironment(process.env);
  const parts = createParts(workspace, display.dev);
  return { ...selection, options, given, display, parts, running: [] };
}

/** Stops everything that was started. No wait is longer than `stopPatience`, or than a second signal. */
async function shutDown({ running, parts, display }: System, signals: StopSignals): Promise<void> {
  if (signals.isStopping()) display.stopping();
  const stopping = Promise.all(running.map((service) => service.stop())).then(() => parts.stop());
  const isStopped = await atMost(stopPatience, Promise.race([stopping.then(() => true), signals.second]));
  if (isStopped === true) return signals.isStopping() || running.length > 0 ? display.end() : undefined;
  for (const service of running) service.kill();
  await atMost(killPatience, parts.stop('immediate'));
  dieBySignal();
}

async function run(system: System, signals: StopSignals): Promise<number> {
  const { parts, options, running, display } = system;
  if (!options.partsOnly) assertInstalled(system.services);
  display.start();
  const found = await prepareAll(system, signals.isStopping);
  assertPortsDiffer(found.map(({ service, config }) => ({ name: service.name, config })));
  const prepared = found.filter((one) => 'environment' in one);
  const others = found.filter((one) => 'holder' in one);
  for (const { service, holder } of others)
    display
      .of(service.name)
      .say(`Already runs at ${serviceUrl(holder)} (process ${holder.pid}); not started again.`);
  if (signals.isStopping() || prepared.length === 0) return 0;
  if (options.partsOnly) display.dev.say('Ready       Ctrl-C stops everything that dev started.');
  else await startAll(system, prepared, signals.isStopping);
  if (!options.partsOnly) void showTable(system, prepared[0]?.kafka ?? '', others);
  const ends = running.map((service) => service.ended);
  return Promise.race([signals.first.then(() => 0), parts.lost, ...ends]);
}

/** Prepares all services concurrently. Throws one error with the faults of all. */
async function prepareAll(system: System, isStopping: () => boolean): Promise<(Prepared | RunningAlready)[]> {
  const { services, given, parts, options, display } = system;
  const { partsOnly } = options;
  const preparing = services.map((service) =>
    prepare(service, { given, partsOnly, parts, isStopping, output: display.of(service.name) }),
  );
  const settled = await Promise.allSettled(preparing);
  const faults = settled.flatMap((one, index) =>
    one.status === 'rejected' ? [{ name: services[index]?.name ?? '', error: one.reason as unknown }] : [],
  );
  throwFaults(faults, services.length);
  return settled.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
}

/** A service that starts while everything stops is stopped at once. */
async function startAll(system: System, prepared: Prepared[], isStopping: () => boolean): Promise<void> {
  const { given, options, display, running } = system;
  await Promise.all(
    prepared.map(async (one) => {
      const output = display.of(one.service.name);
      const service = await runService(one, { given, watch: options.watch, output });
      running.push(service);
      if (isStopping()) service.kill();
    }),
  );
}

/** Shows the addresses once each service answers, has ended, or its time is up. */
async function showTable(
  { running, display }: System,
  kafka: string,
  others: RunningAlready[],
): Promise<void> {
  const ours = await Promise.all(running.map(({ row }) => row));
  const theirs = others.map(({ service, holder }) => {
    return { name: service.name, url: serviceUrl(holder), database: `of process ${holder.pid}` };
  });
  const rows = [...ours, ...theirs].toSorted((one, other) => one.name.localeCompare(other.name));
  display.table(rows, kafka);
}
