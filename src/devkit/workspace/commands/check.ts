import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DevError } from '../../dev/environment/dev-error.ts';
import { allServices, type Selection, type Service } from '../../dev/services/services.ts';
import { errorMessage } from '../../errors.ts';
import { print, printError } from '../../terminal.ts';
import { type CheckedService, checkServices, isFailure } from '../check/check-services.ts';
import { githubText, junitText } from '../check/report-programs.ts';
import { reportText } from '../check/report-text.ts';
import { contractFile } from '../facts/contract-file.ts';
import { hasMap, withMap } from '../map/readme.ts';
import type { CommandCall, WorkspaceCommand } from './command.ts';
import { workspaceMap } from './map.ts';
import { selected } from './run-flags.ts';

const formats: Record<string, (checked: CheckedService[], cwd: string) => string> = {
  text: reportText,
  github: githubText,
  junit: junitText,
  json: (services) => `${JSON.stringify({ services }, null, 2)}\n`,
};

export const checkCommand: WorkspaceCommand = {
  usage: '[service...] [--against <revision>]',
  summary: 'names contract changes that break other services',
  flags: {
    against: { type: 'string', value: '<revision>', help: 'also compare with the contracts released there' },
    siblings: {
      type: 'string',
      value: '<folder>',
      help: 'the folder of the other services; by default services/',
    },
    format: {
      type: 'string',
      value: '<format>',
      help: `${Object.keys(formats).join(', ')}; by default text`,
    },
    json: { type: 'boolean', help: 'the same as --format json' },
    strict: { type: 'boolean', help: 'fail for warnings, too' },
  },
  async run(call) {
    const { against, siblings, strict } = call.flags;
    const shown = formatOf(call);
    const selection = await selected(call, call.words);
    const checked = await checkServices({
      services: selection.services,
      siblings: await siblingsOf(selection, siblings),
      against: against === undefined ? undefined : String(against),
      today: new Date().toISOString().slice(0, 10),
    });
    print(shown(checked, call.cwd));
    const hasPassed = checked.every((one) => passes(one, strict === true));
    return hasPassed && (await hasCurrentMap(selection)) ? 0 : 1;
  },
};

/** Prints an error if the workspace's README has a map that differs from the contracts. */
async function hasCurrentMap({ workspace, isOwnFolder }: Selection): Promise<boolean> {
  const readme = isOwnFolder ? '' : await readFile(path.join(workspace, 'README.md'), 'utf8').catch(() => '');
  if (!hasMap(readme)) return true;
  const { map } = await workspaceMap(workspace);
  if (withMap(readme, map) === readme) return true;
  printError(
    'README.md: the map differs from the contracts. Run npm run map -- --write, and commit README.md.',
  );
  return false;
}

const passes = ({ findings, faults }: CheckedService, isStrict: boolean): boolean =>
  faults.length === 0 &&
  !findings.some((finding) => isFailure(finding) || (isStrict && finding.accepted === undefined));

function formatOf({
  flags: { format, json },
}: CommandCall): (checked: CheckedService[], cwd: string) => string {
  const name = json === true ? 'json' : String(format ?? 'text');
  const shown = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (shown) return shown;
  throw new DevError(`--format is "${name}", but must be one of ${Object.keys(formats).join(', ')}.`);
}

/** The services to check, and all others of the workspace, or those in the given folder. */
async function siblingsOf(selection: Selection, given: unknown): Promise<Service[]> {
  if (typeof given !== 'string') return allServices(selection);
  const { services } = selection;
  const others = (await servicesIn(path.resolve(given))).filter(({ name, root }) =>
    services.every((service) => service.root !== root && service.name !== name),
  );
  return [...services, ...others];
}

async function servicesIn(folder: string): Promise<Service[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new DevError(`--siblings ${folder} cannot be read: ${errorMessage(cause)}`, { cause });
  });
  const roots = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, root: path.join(folder, name) }));
  const found = await Promise.all(
    roots.map(async (service) => ((await readdir(service.root)).includes(contractFile) ? [service] : [])),
  );
  if (found.flat().length > 0) return found.flat();
  throw new DevError(`--siblings ${folder} has no service: none of its folders has an ${contractFile}.`);
}
