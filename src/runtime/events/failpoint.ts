import { writeSync } from 'node:fs';

/** Where a process can be made to die. Each name is used once, at the instant that it names. */
export type Failpoint = 'outbox.committed' | 'relay.acknowledged' | 'consumer.handled' | 'consumer.committed';

let hits = 0;

/**
 * Kills the own process with SIGKILL, as a power cut would, where `MICROSERVICE_FAILPOINT` is `<name>` or `<name>:<nth hit>`;
 * writes one line to stderr first, so that a test knows that it was hit. Does nothing otherwise, and nothing in
 * production.
 */
export function failpoint(name: Failpoint): void {
  const wanted = process.env.MICROSERVICE_FAILPOINT;
  if (!wanted || process.env.NODE_ENV === 'production') return;
  const [wantedName, nth = '1'] = wanted.split(':');
  if (wantedName !== name) return;
  hits += 1;
  if (hits !== Number(nth)) return;
  writeSync(2, `failpoint ${name} hit (${hits}), killing process ${process.pid}\n`);
  process.kill(process.pid, 'SIGKILL');
}
