// npx tsx bench/loading.ts [rounds]: the CPU time until the runtime and each of its libraries is loaded, in ms.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { median, printTable } from './figures.ts';

const rounds = Number(process.argv[2] ?? 5);
const runtime = path.join(import.meta.dirname, '..', 'src', 'runtime');

const loads: Record<string, string[]> = {
  'Node alone': [],
  express: ['express'],
  'knex and pg': ['knex', 'pg'],
  kafkajs: ['kafkajs'],
  joi: ['joi'],
  pino: ['pino'],
  'prom-client': ['prom-client'],
  'microservice-runtime': ['microservice-runtime'],
};

function load(modules: string[]): number {
  const code = [
    ...modules.map((name) => `await import('${name}');`),
    'const { user, system } = process.cpuUsage(); console.log((user + system) / 1_000);',
  ].join('\n');
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: runtime,
    encoding: 'utf8',
  });
  return Number(output.trim().split('\n').at(-1));
}

const measured = Object.fromEntries(Object.keys(loads).map((name) => [name, [] as number[]]));
for (let round = 0; round < rounds; round += 1)
  for (const [name, modules] of Object.entries(loads)) measured[name]?.push(load(modules));

const alone = median(measured['Node alone'] ?? []);
printTable(
  ['loaded', 'CPU ms', 'beyond Node'],
  Object.entries(measured).map(([name, times]) => [
    name,
    median(times).toFixed(0),
    (median(times) - alone).toFixed(0),
  ]),
);
