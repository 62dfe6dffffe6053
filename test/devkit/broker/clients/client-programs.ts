import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaClasspath } from '../../../support/real-kafka/kafka-jars.ts';
import { clients } from './catalog.ts';

/** How a client's program is started: a command and its first parameters. */
export type Launch = readonly [command: string, ...parameters: string[]];

/** Prepares a client's program in an empty folder. Rejects if a tool that it needs is missing. */
export type Install = (folder: string) => Promise<Launch>;

const programs = join(import.meta.dirname, 'programs');
const run = promisify(execFile);

/** Runs on a separate Node: the client requires a newer version than this repository. */
export const installPlatformatic: Install = async (folder) => {
  const packages = [`@platformatic/kafka@${clients.platformatic.version}`, 'node@24'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false'];
  await run('npm', ['install', '--prefix', folder, ...quiet, ...packages], { cwd: folder });
  const program = join(folder, 'platformatic.mjs');
  await copyFile(join(programs, 'platformatic.mjs'), program);
  return [join(folder, 'node_modules', '.bin', 'node'), program];
};

export const installJava: Install = async (folder) => {
  const classpath = await kafkaClasspath();
  if (!classpath.includes(`kafka-clients-${clients.java.version}.jar`))
    throw new Error(`jars.txt has no kafka-clients ${clients.java.version}`);
  await run('javac', ['-cp', classpath, '-d', folder, join(programs, 'JavaClient.java')]);
  const jvm = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  return ['java', ...jvm, '-cp', `${folder}:${classpath}`, 'JavaClient'];
};

export const installConfluent: Install = (folder) => {
  const [version] = clients.confluent.version.split(',');
  return installPython(folder, `confluent-kafka==${version}`, 'confluent.py');
};

export const installKafkaPython: Install = (folder) =>
  installPython(folder, `kafka-python==${clients.kafkaPython.version}`, 'kafka_python.py');

/** A separate Python environment, so the machine is not changed. */
async function installPython(folder: string, requirement: string, program: string): Promise<Launch> {
  const python = join(folder, 'bin', 'python');
  await run('python3', ['-m', 'venv', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement]);
  return [python, join(programs, program)];
}
