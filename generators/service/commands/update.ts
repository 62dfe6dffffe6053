import path from 'node:path';
import { print } from '../../core/terminal.ts';
import { finishWithNote } from '../../writing/journal.ts';
import { findPlace, servicesFolder } from '../../output/place.ts';
import type { Call } from '../../output/work.ts';
import type { Command } from './call/command.ts';
import { serviceName } from '../find-service.ts';
import { textsOf } from './call/given.ts';

/** The same answers: only the templates differ. The generator reads `--check` itself. */
export const update: Command = {
  name: 'update',
  words: '',
  mostWords: 0,
  description: 'the changes that a newer generator makes in its files',
  flags: [
    { name: 'check', help: 'only list the files that an update would change; exit with 2 if there are any' },
    {
      name: 'repair',
      help: 'after a git merge of two branches: merge .yo-rc.json, .yo-base/ and marked files',
    },
  ],
  examples: [
    ['update', 'merges the files of this generator into the service'],
    ['update --repair', 'after a git merge in which both branches added something'],
    ['update --check', 'for CI: exits with 2 if an update would change a file'],
  ],
  instead: { flag: 'repair', run: repair },
  change: (answers) => answers,
};

async function repair(call: Call): Promise<void> {
  const { commitRepair, planRepair } = await import('../repair/repair.ts');
  const { repairCode, repairLines, repairResult } = await import('../repair/report.ts');
  const folder = await folderOf(call);
  if (!call.dryRun) await finishWithNote(folder);
  const plan = await planRepair(folder);
  if (!call.dryRun) await commitRepair(plan);
  print(call.json ? JSON.stringify(repairResult(plan, call), null, 2) : repairLines(plan, call).join('\n'));
  const code = repairCode(plan);
  if (code !== 0) process.exitCode = code;
}

/** The `.yo-rc.json` of the service may have conflict markers, so only its workspace is read. */
async function folderOf(call: Call): Promise<string> {
  const service = textsOf(call, 'service');
  if (service === undefined) return call.cwd;
  return path.join(servicesFolder(await findPlace(call.cwd)), `${serviceName(service)}-service`);
}
