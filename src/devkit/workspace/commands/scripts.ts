import { DevError } from '../../dev/environment/dev-error.ts';
import type { Selection, Service } from '../../dev/services/services.ts';
import { print } from '../../terminal.ts';
import { affectedServices } from '../facts/affected.ts';
import { scriptsOf } from '../facts/manifest.ts';
import { npmFile } from '../running/programs.ts';
import type { CommandCall, WorkspaceCommand } from './command.ts';
import { runAndReport, runFlags, selected } from './run-flags.ts';

export const runCommand: WorkspaceCommand = {
  usage: '<script> [service...] [-- <arguments>]',
  summary: 'runs a script of package.json in each service',
  flags: runFlags,
  passesArguments: true,
  async run(call) {
    const [script, ...names] = call.words;
    if (script === undefined)
      throw new DevError('run needs the name of a script: npx microservice-devkit run lint');
    return runScript(await selected(call, names), call, script);
  },
};

export const testCommand: WorkspaceCommand = {
  usage: '[service...] [--affected] [-- <arguments>]',
  summary: 'runs the tests of each service',
  flags: {
    ...runFlags,
    affected: { type: 'boolean', help: 'only changed services, and consumers of changed contracts' },
    against: { type: 'string', value: '<revision>', help: 'with --affected: compare with it, not with main' },
  },
  passesArguments: true,
  async run(call) {
    const { affected, against } = call.flags;
    if (against !== undefined && affected !== true) throw new DevError('--against needs --affected.');
    const selection = await selected(call, call.words);
    if (affected !== true) return runScript(selection, call, 'test');
    const services = await affectedOf(selection, String(against ?? 'main'), call.flags['json'] === true);
    return services.length === 0 ? 0 : runScript({ ...selection, services }, call, 'test');
  },
};

async function affectedOf(selection: Selection, revision: string, isQuiet: boolean): Promise<Service[]> {
  const found = await affectedServices(selection, revision);
  if (!isQuiet) {
    for (const { service, reason } of found) print(`${service.name}: ${reason}\n`);
    if (found.length === 0) print(`No service is affected by the changes since ${revision}.\n`);
  }
  return found.map(({ service }) => service);
}

/** A service without the script is an error, since nobody would notice that it runs nothing. */
function runScript(selection: Selection, call: CommandCall, script: string): Promise<number> {
  const passed = call.passed.length > 0 ? ['--', ...call.passed] : [];
  return runAndReport(selection, call, async ({ root }) => {
    const scripts = await scriptsOf(root);
    if (!scripts.includes(script))
      throw new DevError(`package.json has no script "${script}". Its scripts: ${scripts.join(', ')}.`);
    return [npmFile(), 'run', '--silent', script, ...passed];
  });
}
