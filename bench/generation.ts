import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { median, printTable } from './figures.ts';
import { installTool, reference, tools, type InstalledTool } from './generation/tools.ts';

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
async function generate({
  program,
  args,
  name,
  isFirstRun,
}: InstalledTool): Promise<{ seconds: number; files: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-generation-'));
  if (isFirstRun) await forgetRuns(path.dirname(program));
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

/** Removes the compiled form that an earlier run of create-microservice stored. */
async function forgetRuns(folder: string): Promise<void> {
  const stored = (await readdir(folder)).filter((file) => file.endsWith('.cache'));
  for (const file of stored) await rm(path.join(folder, file));
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
  console.log(
    `Node ${process.version}, ${cpus().length} cores, ${rounds} rounds of "${project}", load average ${loadavg()[0]?.toFixed(1)}\n`,
  );
  const measured = await prepare(home);
  for (let round = 0; round < rounds; round += 1) {
    for (const each of round % 2 === 0 ? measured : measured.toReversed()) {
      each.seconds.push((await generate(each.tool)).seconds);
    }
  }
  const base = measured.find(({ tool }) => tool.name === reference)?.seconds ?? [];
  const ratio = (one: number, other: number) => (one / other).toFixed(2);
  printTable(
    ['', 'median s', 'ratio', 'fastest s', 'ratio', 'files written', 'packages installed', 'MB installed'],
    measured.map(({ tool, seconds, files }) => [
      `${tool.name} ${tool.package.replace(/.+@/, '')}`,
      median(seconds).toFixed(2),
      ratio(median(seconds), median(base)),
      Math.min(...seconds).toFixed(2),
      ratio(Math.min(...seconds), Math.min(...base)),
      String(files),
      String(tool.packages),
      (tool.bytes / 1e6).toFixed(1),
    ]),
  );
} finally {
  await rm(home, { recursive: true });
}
