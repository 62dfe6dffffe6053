import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

interface Jar {
  sha256: string;
  path: string;
}

const here = import.meta.dirname;
const parallelDownloads = 8;

/** Outside the repository, so a fresh clone finds earlier downloads. */
export function kafkaCache(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'create-microservice', 'real-kafka');
}

/**
 * Resolves to the classpath of the broker that jars.txt lists: 44 MB from Maven Central, downloaded once and verified by
 * SHA-256. `mvn` downloads them, since it knows the configured mirror; without Maven, name a repository in
 * MAVEN_REPOSITORY_URL.
 */
export async function kafkaClasspath(): Promise<string> {
  const jars = await readJars();
  const missing = jars.filter((jar) => !existsSync(jarFile(jar)));
  const repository = process.env.MAVEN_REPOSITORY_URL;
  if (missing.length > 0) await (repository ? downloadAll(missing, repository) : askMaven(missing));
  return jars.map(jarFile).join(':');
}

async function readJars(): Promise<Jar[]> {
  const lines = (await readFile(join(here, 'jars.txt'), 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const [sha256 = '', path = ''] = line.split(/\s+/);
    return { sha256, path };
  });
}

const jarFile = (jar: Jar) => join(kafkaCache(), 'jars', jar.path);

async function downloadAll(jars: Jar[], repository: string): Promise<void> {
  const queue = [...jars];
  const worker = async () => {
    for (let jar = queue.shift(); jar; jar = queue.shift()) await download(jar, repository);
  };
  await Promise.all(Array.from({ length: parallelDownloads }, worker));
}

async function download(jar: Jar, repository: string): Promise<void> {
  const response = await fetch(`${repository}/${jar.path}`, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`${repository}/${jar.path} answered ${response.status}`);
  await keep(jar, Buffer.from(await response.arrayBuffer()));
}

async function keep(jar: Jar, content: Buffer): Promise<void> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (sha256 !== jar.sha256)
    throw new Error(`${jar.path} has SHA-256 ${sha256}, jars.txt says ${jar.sha256}`);
  const partial = `${jarFile(jar)}.${randomUUID()}`;
  await mkdir(dirname(partial), { recursive: true });
  await writeFile(partial, content);
  await rename(partial, jarFile(jar));
}

async function askMaven(jars: Jar[]): Promise<void> {
  const directory = join(kafkaCache(), `maven-${randomUUID()}`);
  const goal = [
    'dependency:copy-dependencies',
    '-Dmdep.useRepositoryLayout=true',
    `-DoutputDirectory=${directory}`,
  ];
  await promisify(execFile)('mvn', ['-B', '-q', '-f', join(here, 'pom.xml'), ...goal]).catch(
    (cause: unknown) => {
      const remedy =
        'install Maven, or name a repository in MAVEN_REPOSITORY_URL or a broker in KAFKA_BOOTSTRAP_SERVERS';
      throw new Error(`Cannot get Apache Kafka with mvn (${String(cause)}): ${remedy}`, { cause });
    },
  );
  for (const jar of jars) await keep(jar, await readFile(join(directory, jar.path)));
  await rm(directory, { recursive: true });
}
