import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DevError } from '../../dev/environment/dev-error.ts';
import { selectServices } from '../../dev/services/services.ts';
import { print, printError } from '../../terminal.ts';
import { mappedService } from '../map/mapped-service.ts';
import { mermaidText } from '../map/mermaid.ts';
import { withMap } from '../map/readme.ts';
import { svgText } from '../map/svg.ts';
import { type SystemMap, systemMap } from '../map/system-map.ts';
import type { WorkspaceCommand } from './command.ts';

const formats: Record<string, (map: SystemMap) => string> = {
  mermaid: (map) => `${mermaidText(map)}\n`,
  svg: svgText,
  json: (map) => `${JSON.stringify(map, null, 2)}\n`,
};

export const mapCommand: WorkspaceCommand = {
  usage: '[--write]',
  summary: 'draws the services and the events between them',
  flags: {
    write: { type: 'boolean', help: "write the map into the workspace's README.md" },
    format: {
      type: 'string',
      value: '<format>',
      help: `${Object.keys(formats).join(', ')}; by default mermaid`,
    },
    json: { type: 'boolean', help: 'the same as --format json' },
  },
  async run({ cwd, words, flags }) {
    if (words.length > 0) throw new DevError(`map draws all services, but got "${words.join(' ')}".`);
    const name = flags['json'] === true ? 'json' : String(flags['format'] ?? 'mermaid');
    const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
    if (!format)
      throw new DevError(`--format is "${name}", but must be one of ${Object.keys(formats).join(', ')}.`);
    const { map, workspace } = await workspaceMap(cwd);
    if (flags['write'] === true) await writeReadme(workspace, map);
    else print(format(map));
    if (name !== 'json') for (const { text } of map.problems) printError(`note: ${text}`);
    return 0;
  },
};

/** Reads the map of the workspace at or above a folder. */
export async function workspaceMap(cwd: string): Promise<{ map: SystemMap; workspace: string }> {
  const { workspace } = await selectServices(cwd, []);
  const { services } = await selectServices(path.join(workspace, 'services'), []);
  return { map: systemMap(await Promise.all(services.map(mappedService))), workspace };
}

async function writeReadme(workspace: string, map: SystemMap): Promise<void> {
  const file = path.join(workspace, 'README.md');
  const before = await readFile(file, 'utf8').catch(() => '');
  const after = withMap(before, map);
  if (after !== before) await writeFile(file, after);
  print(after === before ? 'The map in README.md is up to date.\n' : 'Wrote the map into README.md.\n');
}
