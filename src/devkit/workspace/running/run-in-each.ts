import type { Readable } from 'node:stream';
import { readLines } from '../../dev/output/stream-lines.ts';
import { createOutput, createOutputs } from '../../dev/output/plain-output.ts';
import { showsColors } from '../../dev/output/colors.ts';
import { type Environment, sharedEnvironment } from '../../dev/environment/environment.ts';
import type { Selection, Service } from '../../dev/services/services.ts';
import { listenForStop, type StopSignals } from '../../dev/stop-signals.ts';
import { errorMessage } from '../../errors.ts';
import type { ServiceOutcome } from './outcome.ts';
import { type ServiceCommand, startServiceCommand } from './service-command.ts';

/** Prints a line about a service. */
export type Say = (line: string) => void;

export interface EachOptions {
  /**
   * Returns the file that Node runs in the folder of a service, and its arguments. If it rejects, the command fails for this
   * service alone.
   */
  argsOf: (service: Service, say: Say) => readonly string[] | Promise<readonly string[]>;
  /** The maximum number of services in which the command runs at once. */
  jobs: number;
  /** Starts the command in no further service after it has failed in one. */
  bail: boolean;
  /** Collects the output in the outcomes instead of printing it. */
  collect: boolean;
}

interface Lines {
  say: Say;
  pass: (stream: Readable) => void;
  collected: string[];
}

/**
 * Runs a program in the folder of each service, some of them in parallel, and prints its output with the name of the service in
 * front of each line. Resolves to the outcomes in the order of the services, when all have ended. The first signal to stop ends
 * the programs; the second one kills them.
 */
export async function runInEach(selection: Selection, options: EachOptions): Promise<ServiceOutcome[]> {
  const { services } = selection;
  const linesOf = createLines(selection, options.collect);
  const running = new Set<ServiceCommand>();
  const signals = listenForStop();
  void signals.first.then(() => running.forEach(({ stop }) => stop()));
  void signals.second.then(() => running.forEach(({ kill }) => kill()));
  const outcomes: ServiceOutcome[] = [];
  const queue = [...services.entries()];
  let hasFailed = false;

  async function work(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, service] = next;
      const isSkipped = signals.isStopping() || (options.bail && hasFailed);
      const outcome = isSkipped
        ? skipped(service)
        : await runIn(service, { ...options, lines: linesOf(service), running, signals, selection });
      hasFailed ||= outcome.status === 'failed';
      outcomes[index] = outcome;
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(options.jobs, services.length) }, work));
  } finally {
    signals.release();
  }
  return outcomes;
}

interface Run extends EachOptions {
  lines: Lines;
  running: Set<ServiceCommand>;
  signals: StopSignals;
  selection: Selection;
}

async function runIn(service: Service, run: Run): Promise<ServiceOutcome> {
  const { lines, running, signals, selection, argsOf, collect } = run;
  const since = performance.now();
  const outcome = (rest: Pick<ServiceOutcome, 'status' | 'exitCode' | 'fault'>): ServiceOutcome => ({
    service: service.name,
    seconds: (performance.now() - since) / 1_000,
    output: lines.collected,
    ...rest,
  });
  try {
    const args = await argsOf(service, lines.say);
    const environment = environmentOf(selection, collect);
    const command = await startServiceCommand({ root: service.root, args, environment, pass: lines.pass });
    running.add(command);
    if (signals.isStopping()) command.stop();
    const exitCode = await command.ended.finally(() => running.delete(command));
    return outcome({ status: exitCode === 0 ? 'ok' : 'failed', exitCode });
  } catch (error) {
    const fault = errorMessage(error);
    if (!collect) lines.say(fault);
    return outcome({ status: 'failed', fault });
  }
}

const skipped = ({ name }: Service): ServiceOutcome => ({
  service: name,
  status: 'skipped',
  seconds: 0,
  output: [],
});

/** Variables that differ between services, such as PORT, come from each service's own `.env`. */
function environmentOf({ services, isOwnFolder }: Selection, isCollected: boolean): Environment {
  const given = isOwnFolder || services.length === 1 ? process.env : sharedEnvironment(process.env);
  if (isCollected) return { ...given, NO_COLOR: '1', FORCE_COLOR: '0' };
  return showsColors() ? { ...given, FORCE_COLOR: '1' } : given;
}

/** The lines of a service in its own folder have no prefix. */
function createLines(
  { services, isOwnFolder }: Selection,
  isCollected: boolean,
): (service: Service) => Lines {
  const outputs = createOutputs(services.map(({ name }) => name));
  return ({ name }) => {
    const collected: string[] = [];
    const collect = (line: string): void => void collected.push(line);
    if (isCollected) return { say: collect, pass: (stream) => readLines(stream, collect), collected };
    const output = isOwnFolder ? undefined : outputs.get(name);
    const { say, pass } = output ?? createOutput();
    return { say, pass: (stream) => pass(stream, 'stdout'), collected };
  };
}
