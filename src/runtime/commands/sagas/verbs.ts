import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import {
  addCommand,
  readSaga,
  settleCommand,
  type SagaDetails,
} from '../../sagas/operations/operated-saga.ts';
import type { OperatorCommand } from '../../sagas/store/timers.ts';
import { print } from '../../logging/terminal.ts';
import { CommandError } from '../input/command.ts';
import type { Flags } from '../input/flags.ts';
import { printDryRun, printJson } from '../output/printing.ts';

/** How long the command waits for a replica of the service, in ms. */
const PATIENCE_FOR_REPLICA = 5_000;
const BETWEEN_LOOKS = 100;

/**
 * Leaves a command to the replicas of the service, and prints the saga afterwards; without --yes, prints only what would be commanded.
 * The rules of the saga are in the code of the service, so a replica executes the command.
 */
export async function commandSaga(
  database: Knex,
  { saga, id, status, endedAt, steps }: SagaDetails,
  command: OperatorCommand,
  { yes, json }: Flags,
): Promise<void> {
  if (endedAt) throw new CommandError(`saga ${saga} ${id} has ended: it is ${status}`);
  if (command.verb === 'skip' && !steps.some(({ step }) => step === command.step))
    throw new CommandError(
      `saga ${saga} ${id} has no step ${command.step}; its steps are ${steps.map(({ step }) => step).join(', ')}`,
    );
  if (!yes) {
    if (json) return printJson({ dryRun: true, saga, id, status, command });
    print(`${commandTitle(command)} would be executed for saga ${saga} ${id}, which is ${status}.`);
    return printDryRun();
  }
  if (!(await addCommand(database, { saga, id }, command)))
    throw new CommandError(
      `saga ${saga} ${id} has a command that waits for a replica of the service; start one`,
    );
  const isDone = await isExecuted(database, { saga, id });
  const after = (await readSaga(database, { saga, id }))?.status ?? status;
  if (json) return printJson({ saga, id, status: after, command, outcome: isDone ? 'executed' : 'recorded' });
  print(
    isDone
      ? `${commandTitle(command)} was executed: saga ${saga} ${id} is ${after}.`
      : `${commandTitle(command)} is recorded. A replica of the service executes it when one runs; see sagas history ${saga} ${id}.`,
  );
}

const commandTitle = (command: OperatorCommand): string =>
  command.verb === 'skip' ? `skip ${command.step}` : command.verb;

async function isExecuted(database: Knex, saga: { saga: string; id: string }): Promise<boolean> {
  const until = performance.now() + PATIENCE_FOR_REPLICA;
  while (performance.now() < until) {
    const state = await settleCommand(database, saga);
    if (state === 'done') return true;
    if (state !== 'waiting') throw new CommandError(state.error);
    await sleep(BETWEEN_LOOKS);
  }
  return false;
}
