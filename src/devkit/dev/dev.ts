import { errorMessage } from '../errors.ts';
import { serviceUrl } from './services/announce.ts';
import { DevError } from './environment/dev-error.ts';
import { type Environment, sharedEnvironment } from './environment/environment.ts';
import { type Output, createOutput, createOutputs } from './services/output.ts';
import { type Parts, createParts } from './servers/parts.ts';
import { assertPortsDiffer } from './servers/ports.ts';
import { type Prepared, type RunningAlready, prepare } from './services/preparation.ts';
import { type RunningService, addressOf, runService } from './services/running-service.ts';
import { type Selection, type Service, selectServices } from './services/services.ts';
import { type StopSignals, listenForStop } from './stop-signals.ts';
import { tableLines } from './table.ts';

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

/**
 * Runs services for development: a PostgreSQL for each and a Kafka at the addresses in their `.env` (embedded ones if nothing
 * answers there), the migrations, then the services. Resolves to the exit code when everything that it started has ended: 0
 * after a signal or if another `dev` runs all services, else that of a service that exited and is not watched. Rejects if
 * anything cannot start.
 */
export async function dev(options: DevOptions): Promise<number> {
  const selection = await selectServices(options.cwd, options.names);
  process.stdout.on('error', () => undefined); // if the terminal is closed, dev must still stop the processes that it started
  const system = createSystem(selection, options);
  const signals = listenForStop(() => system.running.forEach((service) => service.kill()));
  try {
    return await run(system, signals);
  } finally {
    await Promise.all(system.running.map((service) => service.stop()));
    await system.parts.stop();
    signals.release();
  }
}

interface System extends Selection {
  options: DevOptions;
  given: Environment;
  /** Prints a line that belongs to no single service. */
  say: (line: string) => void;
  /** The output of each service; undefined for a service that prints to the terminal itself. */
  outputs: Map<string, Output>;
  parts: Parts;
  running: RunningService[];
}

function createSystem(selection: Selection, options: DevOptions): System {
  const { services, workspace, isOwnFolder } = selection;
  const names = services.map(({ name }) => name);
  const outputs = isOwnFolder ? new Map<string, Output>() : createOutputs([...names, 'dev']);
  const { say } = outputs.get('dev') ?? createOutput();
  const given = services.length === 1 ? process.env : sharedEnvironment(process.env);
  return { ...selection, options, given, say, outputs, parts: createParts(workspace, say), running: [] };
}

const sayOf = ({ outputs, say }: System, { name }: Service) => outputs.get(name)?.say ?? say;

async function run(system: System, signals: StopSignals): Promise<number> {
  const { parts, options, running, say } = system;
  const found = await prepareAll(system, signals.isStopping);
  assertPortsDiffer(found.map(({ service, config }) => ({ name: service.name, config })));
  const prepared = found.filter((one) => 'environment' in one);
  const others = found.filter((one) => 'holder' in one);
  for (const { service, holder, config } of others)
    sayOf(
      system,
      service,
    )(`Already runs at ${serviceUrl(config)} (process ${holder.pid}); not started again.`);
  if (signals.isStopping() || prepared.length === 0) return 0;
  if (options.partsOnly) say('Ready       Ctrl-C stops everything that dev started.');
  else await startAll(system, prepared);
  if (!system.isOwnFolder && !options.partsOnly) void showTable(system, prepared[0]?.kafka ?? '', others);
  const ends = running.map((service) => service.ended);
  return Promise.race([signals.first.then(() => 0), parts.lost, ...ends]);
}

/** Prepares all services concurrently. Throws one error with the faults of all. */
async function prepareAll(system: System, isStopping: () => boolean): Promise<(Prepared | RunningAlready)[]> {
  const { services, given, parts, options } = system;
  const { partsOnly } = options;
  const preparing = services.map((service) =>
    prepare(service, { given, partsOnly, parts, isStopping, say: sayOf(system, service) }),
  );
  const settled = await Promise.allSettled(preparing);
  const faults = settled.flatMap((one, index) =>
    one.status === 'rejected' ? [{ name: services[index]?.name, error: one.reason as unknown }] : [],
  );
  if (services.length === 1 && faults[0]) throw faults[0].error;
  if (faults.length > 0)
    throw new DevError(faults.map(({ name, error }) => `\n  ${name}: ${errorMessage(error)}`).join(''));
  return settled.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
}

async function startAll(system: System, prepared: Prepared[]): Promise<void> {
  const { given, options, outputs, running } = system;
  await Promise.all(
    prepared.map(async (one) => {
      const output = outputs.get(one.service.name);
      const say = sayOf(system, one.service);
      running.push(await runService(one, { given, watch: options.watch, output, say }));
    }),
  );
}

/** Prints the addresses once all services answer or their time is up. */
async function showTable({ running, say }: System, kafka: string, others: RunningAlready[]): Promise<void> {
  const ours = await Promise.all(running.map(({ row }) => row));
  const theirs = others.map(({ service, config, holder }) => {
    const url = serviceUrl(config);
    return [service.name, url, `${url}/docs`, `of process ${holder.pid}`];
  });
  const header = ['service', 'address', 'documentation', 'PostgreSQL'];
  const rows = [...ours, ...theirs].toSorted(([one = ''], [other = '']) => one.localeCompare(other));
  const all = [header, ...rows, ['Kafka', addressOf(kafka), '', '']];
  for (const line of ['', ...tableLines(all), '', 'Ctrl-C stops everything that dev started.']) say(line);
}
