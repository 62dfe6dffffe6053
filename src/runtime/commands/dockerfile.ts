import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CommandError, type Command } from './input/command.ts';
import { writeText, writtenText } from './output/written-text.ts';
import { print } from '../logging/terminal.ts';

const FILE = 'Dockerfile';
const lockFiles = { pnpm: 'pnpm-lock.yaml', yarn: 'yarn.lock' };

export const dockerfileCommand: Command = {
  summary: 'writes the Dockerfile of this runtime version',
  flags: { '--check': 'writes nothing, and fails if the Dockerfile differs' },
  async run(args, root) {
    const { check } = parseArgs({ args, options: { check: { type: 'boolean' } } }).values;
    const file = path.join(root, FILE);
    const [text, written] = await Promise.all([baseDockerfile(root), writtenText(file)]);
    if (text === written) {
      print(`${FILE} is up to date`);
    } else if (check) {
      throw new CommandError(
        `${FILE} differs from the one of this version; run microservice-runtime dockerfile, and read the diff`,
      );
    } else {
      await writeText(file, text);
      print(`wrote ${FILE}`);
    }
  },
};

/** Returns the base Dockerfile for the service's package manager, detected by its lock file. */
function baseDockerfile(root: string): Promise<string> {
  const [manager = 'npm'] =
    Object.entries(lockFiles).find(([, lockFile]) => existsSync(path.join(root, lockFile))) ?? [];
  return readFile(new URL(`../docker/${manager}.Dockerfile`, import.meta.url), 'utf8');
}
