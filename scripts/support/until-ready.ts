import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

/** Resolves once `address` answers with a success; rejects with the output if the child exits first, or after 180 s. */
export async function untilReady(address: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok) return;
    await setTimeout(50);
  }
  throw new Error(`${address} did not answer:\n${output()}`);
}
