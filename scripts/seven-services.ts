// npm run seven -- <folder>: writes a workspace of seven services into the folder, and draws docs/workspace-map.svg. Without a
// folder it only draws.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { workspaceMap } from '../src/devkit/workspace/commands/map.ts';
import { svgText } from '../src/devkit/workspace/map/svg.ts';
import { writeSevenServices } from './support/seven-services.ts';

const picture = path.resolve(import.meta.dirname, '..', 'docs', 'workspace-map.svg');
const [given] = process.argv.slice(2);
const folder = given ?? (await mkdtemp(path.join(tmpdir(), 'seven-')));
try {
  const workspace = await writeSevenServices(folder);
  const { map } = await workspaceMap(workspace);
  await writeFile(picture, svgText(map));
  console.log(`wrote ${given === undefined ? '' : `${workspace} and `}${picture}`);
} finally {
  if (given === undefined) await rm(folder, { recursive: true, force: true });
}
