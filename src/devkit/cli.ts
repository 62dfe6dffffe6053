#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { errorMessage } from './errors.ts';
import { print as printText, printError } from './terminal.ts';

const help = `Usage: microservice-devkit dev [service...] [options]
       microservice-devkit env [service...]

In the folder of a service: runs it for development. In a workspace: runs all its services, or those that are named, each a
process of its own. An embedded PostgreSQL for each service and an embedded Kafka-protocol broker for all start at each
address of .env where nothing answers; then come the migrations, then src/main.ts, which starts again when the code changes
or when it has ended. Ctrl-C ends all.

env writes a missing .env from .env.example, with a random password for the database, as dev does before it starts.

Options:
  --parts-only  start the databases and Kafka only, for npx knex and other terminals
  --no-watch    run each service once; the exit code of the first that ends is the command's
  --help        show this
  --version     show the version
`;

process.exit(await main(process.argv.slice(2)));

async function main(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    if (values.help) return print(help);
    if (values.version) return print(`${await version()}\n`);
    const [command = '', ...names] = positionals;
    if (command === 'env') return await writeEnvironments(names);
    if (command !== 'dev')
      throw new Error(`no command "${command}"; microservice-devkit --help shows what there is`);
    const { dev } = await import('./dev/dev.ts'); // help and mistakes are answered without it
    const [partsOnly, watch] = [values['parts-only'], !values['no-watch']];
    return await dev({ cwd: process.cwd(), names, partsOnly, watch });
  } catch (error) {
    printError(`microservice-devkit: ${isMistake(error) ? error.stack : errorMessage(error)}`);
    return 1;
  }
}

async function writeEnvironments(names: string[]): Promise<number> {
  const [{ selectServices }, { completeEnvironment }] = await Promise.all([
    import('./dev/services/services.ts'),
    import('./dev/environment/environment-file.ts'),
  ]);
  const { services, isOwnFolder } = await selectServices(process.cwd(), names);
  for (const { name, root } of services) {
    const said = (await completeEnvironment(root)) ?? '.env is complete.';
    print(`${isOwnFolder ? '' : `${name}: `}${said}\n`);
  }
  return 0;
}

function parse(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = { 'parts-only': flag, 'no-watch': flag, help: flag, version: flag };
  return parseArgs({ args, allowPositionals: true, options });
}

function print(text: string): number {
  printText(text);
  return 0;
}

async function version(): Promise<string> {
  // beside src/ when run from source, beside dist/ when installed
  for (const place of ['package.json', '../package.json']) {
    const text = await readFile(new URL(place, import.meta.url), 'utf8').catch(() => undefined);
    if (text) return (JSON.parse(text) as { version: string }).version;
  }
  return 'unknown';
}

/** An error of ours says all in its message; one of these tells of a mistake in code, and needs its stack. */
function isMistake(error: unknown): error is Error {
  return [TypeError, ReferenceError, RangeError, SyntaxError].some(
    (kind) => error instanceof kind && errorMessage(error) !== '' && !('code' in error),
  );
}
