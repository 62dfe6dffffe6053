#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { errorMessage } from './errors.ts';
import { print, printError } from './terminal.ts';

const help = `Usage: microservice-devkit dev [service...] [options]
       microservice-devkit env [service...]
       microservice-devkit token [service...] --sub <id> [--scope <scope>] [--role <role>]
       microservice-devkit <command> [service...] [options]

dev runs a service for development. In the folder of a service it runs that service; in a workspace it runs all services, or
the named ones, each in its own process. If no server answers at an address in .env, dev starts an embedded PostgreSQL for
each service, or one embedded Kafka-compatible broker for all. Then dev applies the migrations and runs src/main.ts, and
restarts it when the code changes or when it exits. Ctrl-C stops everything.

token prints an access token for the service in this folder, or for all or the named services of a workspace, valid for an hour. dev
must serve their AUTH_ISSUER.

env writes a missing .env from .env.example, with a random database password, as dev does before it starts.

Commands over all services of a workspace, or the named ones (microservice-devkit <command> --help shows the flags):
COMMANDS

Options of dev and token:
  --parts-only  start only the databases and Kafka, for npx knex and other terminals
  --no-watch    run each service once; when one exits, stop all and exit with its code
  --sub         the subject of the token: the id of a user or a client
  --scope       a scope of the token, such as users:write; repeatable
  --role        a role of the token; repeatable
  --help        show this help
  --version     show the version
`;

process.exit(await main(process.argv.slice(2)));

async function main(args: string[]): Promise<number> {
  try {
    const [first = '', ...others] = args;
    const { runWorkspaceCommand, usageLines } = await import('./workspace/run-command.ts');
    const code = await runWorkspaceCommand(first, others, process.cwd());
    if (code !== undefined) return code;
    const { values, positionals } = parse(args);
    if (values.help || args.length === 0) return answer(help.replace('COMMANDS', usageLines().join('\n')));
    if (values.version) return answer(`${await version()}\n`);
    const [command, ...names] = positionals;
    if (command === 'env') return await writeEnvironments(names);
    if (command === 'token') {
      const { developmentToken } = await import('./token.ts');
      return answer(`${await developmentToken(process.cwd(), names, values)}\n`);
    }
    if (command !== 'dev')
      throw new Error(
        `${command === undefined ? 'the command is missing' : `unknown command "${command}"`}; microservice-devkit --help shows the commands`,
      );
    const { dev } = await import('./dev/dev.ts'); // `--help` and usage errors do not need it
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
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  const ofToken = { sub: text, scope: texts, role: texts };
  const options = { 'parts-only': flag, 'no-watch': flag, help: flag, version: flag, ...ofToken };
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (cause) {
    const [fault = ''] = errorMessage(cause).split('. ');
    const shown = fault.replace(/^Unknown option '(.*)'$/, 'unknown flag $1');
    throw new Error(`${shown}; microservice-devkit --help shows the flags`, { cause });
  }
}

function answer(text: string): number {
  print(text);
  return 0;
}

async function version(): Promise<string> {
  // next to src/ when run from source, next to dist/ when installed
  for (const place of ['package.json', '../package.json']) {
    const text = await readFile(new URL(place, import.meta.url), 'utf8').catch(() => undefined);
    if (text) return (JSON.parse(text) as { version: string }).version;
  }
  return 'unknown';
}

/** The message of a user's error is complete. These classes mean a defect in code, which needs its stack. */
function isMistake(error: unknown): error is Error {
  return [TypeError, ReferenceError, RangeError, SyntaxError].some(
    (kind) => error instanceof kind && errorMessage(error) !== '' && !('code' in error),
  );
}
