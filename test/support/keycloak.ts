import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { collect, end, execute, start } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { untilReady } from '../../scripts/support/until-ready.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { guardOf } from './real-kafka/broker-process.ts';

/** The version in docs/identity.md. */
const version = '26.7.3';
const sha256 = '27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f';

export interface Keycloak {
  /** The address of the realm, which is its issuer. */
  issuer: string;
  stop: () => Promise<void>;
}

/** Starts Keycloak with the realm `shop` of a file, whose placeholders `secrets` fills in. Its data is in memory. */
export async function startKeycloak(realmFile: string, secrets: Record<string, string>): Promise<Keycloak> {
  const [distribution, folder] = [await distributionFile(), await temporaryFolder('keycloak')];
  await execute('jar', ['xf', distribution], { cwd: folder });
  const home = path.join(folder, `keycloak-${version}`);
  const imported = path.join(home, 'data', 'import');
  await mkdir(imported, { recursive: true });
  await copyFile(realmFile, path.join(imported, 'shop-realm.json'));
  const port = await findFreePort('127.0.0.1');
  const flags = ['--import-realm', '--db=dev-mem', '--http-host=127.0.0.1', `--http-port=${port}`];
  // compiling less takes half of the start
  const env = { ...process.env, ...secrets, JAVA_OPTS: '-Xmx768m -XX:+UseSerialGC -XX:TieredStopAtLevel=1' };
  const child = start('bash', [path.join(home, 'bin', 'kc.sh'), 'start-dev', ...flags], { cwd: home, env });
  const output = collect(child);
  const guard = guardOf(child, folder);
  const stop = async () => {
    await end(child);
    guard.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  const issuer = `http://127.0.0.1:${port}/realms/shop`;
  try {
    await untilReady(`${issuer}/.well-known/openid-configuration`, child, output);
    return { issuer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Resolves to the distribution: 160 MB from Maven Central, downloaded once. `mvn` knows the configured mirror. */
async function distributionFile(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'create-microservice', 'keycloak');
  const name = `keycloak-quarkus-dist-${version}.zip`;
  const file = path.join(folder, name);
  if (existsSync(file)) return file;
  const aside = path.join(folder, randomUUID());
  await mkdir(aside, { recursive: true });
  const artifact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:zip`;
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
  await execute('mvn', ['-B', '-q', goal, artifact, `-DoutputDirectory=${aside}`], { cwd: aside });
  const found = createHash('sha256')
    .update(await readFile(path.join(aside, name)))
    .digest('hex');
  if (found !== sha256) throw new Error(`${name} has SHA-256 ${found}; expected ${sha256}`);
  await rename(path.join(aside, name), file);
  await rm(aside, { recursive: true });
  return file;
}
