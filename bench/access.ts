// npx tsx bench/access.ts [rounds]: the time of each mechanism that a request can pass, alone in a loop, in turns.
import { median, printTable } from './figures.ts';
import { withPackages } from './packages.ts';
import { accessPart } from './request-parts/access.ts';
import { breakerLibraries, breakersPart } from './request-parts/breakers.ts';
import { idempotencyPart } from './request-parts/idempotency.ts';
import { rateLimitPart } from './request-parts/rate-limit.ts';

const rounds = Number(process.argv[2] ?? 15);
/** Calls between two looks at the clock. */
const BATCH = 50;
/** The time of one turn, in ms. */
const TURN = 50;

/** Returns CPU time and time per call, in microseconds. A call that waits for another process takes more time than CPU time. */
async function measure(call: () => Promise<unknown>): Promise<{ cpu: number; time: number }> {
  const [begunCpu, begun] = [process.cpuUsage(), performance.now()];
  let calls = 0;
  while (performance.now() - begun < TURN) {
    for (let n = 0; n < BATCH; n += 1) await call();
    calls += BATCH;
  }
  const { user, system } = process.cpuUsage(begunCpu);
  return { cpu: (user + system) / calls, time: ((performance.now() - begun) * 1_000) / calls };
}

await withPackages(breakerLibraries, async (home) => {
  const parts = [
    await accessPart(),
    breakersPart(home),
    await rateLimitPart(),
    await idempotencyPart(),
    // one line for each further mechanism
  ];
  const calls = parts.flatMap((part) => Object.entries(part.calls));
  const measured = new Map(calls.map(([name]) => [name, [] as { cpu: number; time: number }[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const [name, call] of calls) measured.get(name)?.push(await measure(call));
  for (const { stop } of parts) await stop?.();
  console.log(`Microseconds a call, medians of ${rounds} turns of ${TURN} ms, Node ${process.version}`);
  printTable(
    ['', 'CPU', 'time'],
    [...measured].map(([name, all]) => [
      name,
      median(all.map(({ cpu }) => cpu)).toFixed(2),
      median(all.map(({ time }) => time)).toFixed(2),
    ]),
  );
});
