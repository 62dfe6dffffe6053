import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { requestTransfer, transferOf } from '../requests.ts';
import { recovered } from '../rest.ts';
import { otherBank, type World } from '../world.ts';

export interface PostgresAway {
  /** Answers of the bank whose PostgreSQL is stopped, by status. */
  answers: Map<number, number>;
  /** Answers of the other bank, by status. */
  others: Map<number, number>;
  /** Milliseconds from the return of PostgreSQL to the first accepted transfer. */
  back: number;
}

const requestInterval = 250;

/** Stops the PostgreSQL of a bank while both banks get requests. Resolves when it is back and the flow has recovered. */
export async function takePostgresAway(world: World, milliseconds: number): Promise<PostgresAway> {
  const [bank] = world.banks;
  const other = otherBank(world, bank);
  const [account, otherAccount] = [world.specialAccount(bank), world.specialAccount(other)];
  const [answers, others] = [new Map<number, number>(), new Map<number, number>()];
  await bank.postgres.kill();
  for (const end = Date.now() + milliseconds; Date.now() < end;) {
    count(answers, await requestTransfer(bank, transferOf(account)));
    count(others, await requestTransfer(other, transferOf(otherAccount)));
    await pause(requestInterval);
  }
  await bank.postgres.start();
  const returned = Date.now();
  await waitFor(async () => (await requestTransfer(bank, transferOf(account))) === 201, { timeout: 30_000 });
  const back = Date.now() - returned;
  await recovered(world);
  return { answers, others, back };
}

function count(answers: Map<number, number>, status: number): void {
  answers.set(status, (answers.get(status) ?? 0) + 1);
}
