import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { npmCommand } from './npm-cli.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
const folders = { generator: '.', runtime: 'src/runtime', devkit: 'src/devkit' };

export interface Packages {
  generator: string;
  runtime: string;
  devkit: string;
}

/** Packs the built packages into `target`, as npm publishes them; resolves to the paths of the tarballs. */
export async function packAll(target: string): Promise<Packages> {
  await mkdir(target, { recursive: true });
  const packed = await Promise.all(
    Object.entries(folders).map(async ([name, folder]) => [
      name,
      await pack(path.join(root, folder), target),
    ]),
  );
  return Object.fromEntries(packed) as Packages;
}

async function pack(folder: string, target: string): Promise<string> {
  // The build has already run; `prepack` would repeat it.
  const options = ['pack', '--json', '--ignore-scripts', '--pack-destination', target];
  const { stdout } = await promisify(execFile)(...npmCommand(options), { cwd: folder });
  const packed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
  const [tarball] = Object.values(packed);
  if (!tarball) throw new Error(`npm pack in ${folder} answered ${stdout}`);
  return path.join(target, tarball.filename);
}
