import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { median, printTable } from './figures.ts';
import { type InstalledTool, installTool } from './generation/tools.ts';

/**
 * Measures how long it takes to add a resource to a project, and to update a service with 10 resources, in one run: `npm run build &&
 * npx tsx bench/additions.ts [rounds]`. Every round runs each call once, in rotating order, in a new copy of its project; the figures
 * are medians. All files are in a temporary folder.
 */
const rounds = Number(process.argv[2] ?? 11);
const fields = 'code:string:unique total:decimal';

interface Call {
  title: string;
  tool: InstalledTool;
  /** The project in which each run starts from a copy. */
  project: string;
  args: string[];
  seconds: number[];
}

/** Runs a tool from the start of Node to its end; returns the seconds. */
function run({ name, program }: InstalledTool, args: string[], cwd: string): number {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`);
  return (performance.now() - begun) / 1_000;
}

async function measure(home: string, { tool, project, args, seconds }: Call): Promise<void> {
  const copy = await mkdtemp(path.join(home, 'copy-'));
  await cp(project, copy, { recursive: true });
  seconds.push(run(tool, args, copy));
  await rm(copy, { recursive: true });
}

/** Writes a service with so many resources into a folder of its own; resolves to its path. */
async function writeService(home: string, tool: InstalledTool, resources: number): Promise<string> {
  const folder = await mkdtemp(path.join(home, 'service-'));
  const flags = Array.from({ length: resources }, (_, n) => ['--resource', `item${n}`, '--fields', fields]);
  run(tool, ['service', 'shop', '--yes', '--no-install', '--no-git', ...flags.flat()], folder);
  return path.join(folder, 'shop-service');
}

/** Gives the routers and services of a service the texts of an older template, and edits each second one as an owner does. */
async function age(service: string): Promise<void> {
  for (const folder of ['src/routers', 'src/services'])
    for (const [index, name] of (await readdir(path.join(service, folder))).entries()) {
      const [file, base] = [
        path.join(service, folder, name),
        path.join(service, '.yo-base', folder, `${name}.txt`),
      ];
      const older = `${await readFile(file, 'utf8')}// older\n`;
      await writeFile(base, older);
      await writeFile(file, index % 2 === 0 ? older : `// by hand\n${older}`);
    }
}

/** The project has the package that `generate resource` would otherwise install, which would take most of its time. */
async function writeNestProject(home: string, nest: InstalledTool): Promise<void> {
  run(nest, ['new', 'shop', '--skip-install', '--skip-git', '--package-manager', 'npm'], home);
  const file = path.join(home, 'shop', 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { dependencies: Record<string, string> };
  manifest.dependencies['@nestjs/mapped-types'] = '*';
  await writeFile(file, JSON.stringify(manifest, null, 2));
}

const home = await mkdtemp(path.join(tmpdir(), 'bench-additions-'));
try {
  console.log(
    `Node ${process.version}, ${cpus().length} cores, ${rounds} rounds, load average ${loadavg()[0]?.toFixed(1)}\n`,
  );
  const ours = await installTool({ name: 'create-microservice', package: 'packed', args: [] }, home);
  const nest = await installTool({ name: '@nestjs/cli', package: '@nestjs/cli@12.0.8', args: [] }, home);
  const [one, ten] = [await writeService(home, ours, 1), await writeService(home, ours, 10)];
  await age(ten);
  await writeNestProject(home, nest);
  const resource = ['generate', 'resource', 'order', '--type', 'rest', '--crud'];
  const calls: Call[] = [
    {
      title: 'resource order',
      tool: ours,
      project: one,
      args: ['resource', 'order', '--fields', fields],
      seconds: [],
    },
    { title: 'update, 10 resources', tool: ours, project: ten, args: ['update'], seconds: [] },
    {
      title: 'generate resource order',
      tool: nest,
      project: path.join(home, 'shop'),
      args: resource,
      seconds: [],
    },
  ];
  for (let round = 0; round < rounds; round += 1)
    for (const call of round % 2 === 0 ? calls : calls.toReversed()) await measure(home, call);
  printTable(
    ['', 'median s', 'fastest s', 'slowest s'],
    calls.map(({ title, tool, seconds }) => [
      `${tool.name} ${title}`,
      ...[median(seconds), Math.min(...seconds), Math.max(...seconds)].map((each) => each.toFixed(2)),
    ]),
  );
} finally {
  await rm(home, { recursive: true });
}
