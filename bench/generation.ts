import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { median, printTable } from './figures.ts';
import { installTool, tools, type InstalledTool } from './generation/tools.ts';

/**
 * Measures how long it takes to write a project, and how much npm installs for it, next to other generators, in one run: `npm
 * run build && npx tsx bench/generation.ts [rounds]`. Every round runs each tool once, in rotating order; the figures are
 * medians. All files are in a temporary folder.
 */
const rounds = Number(process.argv[2] ?? 11);
const project = 'shop';

interface Measured {
  tool: InstalledTool;
  seconds: number[];
  files: number;
}

/** Writes the project once, from the start of Node to its end; resolves to the seconds and the files. */
async function generate({ program, args, name }: InstalledTool): Promise<{ seconds: number; files: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-generation-'));
  try {
    const begun = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const seconds = (performance.now() - begun) / 1_000;
    const written = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = written.filter((entry) => entry.isFile()).length;
    if (status !== 0 || files === 0) throw new Error(`${name} wrote nothing: ${stderr}${stdout}`);
    return { seconds, files };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns the tools that can be installed and run here; prints the reason for the others. */
async function prepare(folder: string): Promise<Measured[]> {
  const ready: Measured[] = [];
  for (const tool of tools) {
    try {
      const installed = await installTool(tool, folder);
      const { files } = await generate(installed);
      ready.push({ tool: installed, seconds: [], files });
    } catch (error) {
      console.log(`${tool.name} cannot run here: ${String(error)}`);
    }
  }
  return ready;
}

const home = await mkdtemp(path.join(tmpdir(), 'bench-tools-'));
try {
  console.log(`Node ${process.version}, ${cpus().length} cores, ${rounds} rounds of "${project}"\n`);
  const measured = await prepare(home);
  for (let round = 0; round < rounds; round += 1) {
    for (const each of round % 2 === 0 ? measured : measured.toReversed()) {
      each.seconds.push((await generate(each.tool)).seconds);
    }
  }
  printTable(
    ['', 'median s', 'fastest s', 'files written', 'packages installed', 'MB installed'],
    measured.map(({ tool, seconds, files }) => [
      `${tool.name} ${tool.package.replace(/.+@/, '')}`,
      median(seconds).toFixed(2),
      Math.min(...seconds).toFixed(2),
      String(files),
      String(tool.packages),
      (tool.bytes / 1e6).toFixed(1),
    ]),
  );
} finally {
  await rm(home, { recursive: true });
}
