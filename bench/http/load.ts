import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import type { CompiledSide } from './compile-sides.ts';

const CONNECTIONS = 32;

/** A side that runs as a process of its own. */
export interface Side {
  name: string;
  url: string;
  child: ChildProcess;
}

export interface Figures {
  rate: number;
  p50: number;
  p99: number;
  /** CPU time of the server for one request, in microseconds. */
  cpu: number;
}

/** Starts a side; PROFILE names a folder for its CPU profile. Rejects if the process ends before it listens. */
export async function startSide({ name, program, module }: CompiledSide, databaseUrl: string): Promise<Side> {
  const log = openSync(join(tmpdir(), `bench-http-${name.replaceAll(/\W+/g, '-')}.log`), 'w');
  const profile = process.env['PROFILE'];
  const child = fork(program, [module, databaseUrl], {
    execArgv: profile ? ['--cpu-prof', `--cpu-prof-dir=${join(profile, name)}`] : [],
    env: { ...process.env, NODE_ENV: 'production', AUTH: 'none' },
    stdio: ['ignore', log, 'inherit', 'ipc'],
  });
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`${name} did not start`)));
  const [url] = (await Promise.race([once(child, 'message'), failed])) as [string];
  failed.catch(() => undefined);
  return { name, url, child };
}

async function cpuTime({ child }: Side): Promise<number> {
  child.send('cpu');
  const [time] = (await once(child, 'message')) as [number];
  return time;
}

/** Sends `request` for `duration` seconds over 32 connections. Rejects if an answer is not a success. */
export async function load(side: Side, request: autocannon.Request, duration: number): Promise<Figures> {
  const begun = await cpuTime(side);
  const result = await autocannon({ url: side.url, connections: CONNECTIONS, duration, requests: [request] });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${side.name}: ${result.non2xx} bad answers, ${result.errors} errors`);
  const used = (await cpuTime(side)) - begun;
  const { p50, p99 } = result.latency;
  return { rate: result.requests.total / result.duration, p50, p99, cpu: used / result.requests.total };
}

/** Loads each side in turns; every second round goes backwards. Rounds are short, so other load affects all sides alike. */
export async function loadInTurns(
  sides: readonly Side[],
  request: autocannon.Request,
  { rounds, seconds, warmUp }: { rounds: number; seconds: number; warmUp: number },
): Promise<Map<string, Figures[]>> {
  const figures = new Map<string, Figures[]>(sides.map(({ name }) => [name, []]));
  for (const side of sides) await load(side, request, warmUp);
  for (let round = 0; round < rounds; round += 1)
    for (const side of round % 2 === 0 ? sides : sides.toReversed())
      figures.get(side.name)?.push(await load(side, request, seconds));
  return figures;
}
