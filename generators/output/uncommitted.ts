import { shownFolder } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Changes } from './changes.ts';
import { fileOnPath } from './steps.ts';

/**
 * Throws a UsageError if a file that both the owner and this run change has changes that git does not have: git could then not
 * separate the two. Files that git ignores, such as `.env`, are free. Returns a note for each reason why nothing was checked.
 */
export async function refuseUncommitted(folder: string, { files }: Changes): Promise<string[]> {
  const shared = files.filter(({ isShared }) => isShared).map(({ file, from = file }) => from);
  if (shared.length === 0) return [];
  const shown = shownFolder(folder);
  const uncommitted = await uncommittedAmong(shared, folder);
  if (!uncommitted)
    return [`${shown} is not in a git repository: review the merged files, since git cannot undo the merge.`];
  if (uncommitted.length === 0) return [];
  throw new UsageError(
    `these files in ${shown} have uncommitted changes, and the generator would merge its changes into them: ${uncommitted.join(', ')}. Commit them first, or add --force`,
  );
}

/** Returns undefined without a git repository, or without git. */
async function uncommittedAmong(files: string[], folder: string): Promise<string[] | undefined> {
  const git = fileOnPath('git');
  if (git === undefined) return undefined;
  const prefix = await runGit(git, folder, ['rev-parse', '--show-prefix']);
  if (prefix === undefined) return undefined;
  const options = ['--porcelain=v1', '-z', '--no-renames', '--untracked-files=all'];
  const status = (await runGit(git, folder, ['status', ...options, '--', ...files])) ?? '';
  const start = 'XY '.length + prefix.replace(/\n$/, '').length;
  return status
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(start));
}

/** Starts no program that the repository configures. Returns undefined if the folder is not in a repository. */
async function runGit(git: string, folder: string, args: string[]): Promise<string | undefined> {
  const { spawnSync } = await import('node:child_process');
  const always = ['--no-optional-locks', '--literal-pathspecs', '-c', 'core.fsmonitor=false'];
  const { status, stdout, stderr, error } = spawnSync(git, [...always, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 64 * 2 ** 20,
  });
  if (status === 0) return stdout;
  if (/not a git repository/.test(stderr)) return undefined;
  const reason = error?.message ?? stderr.trim().split('\n')[0];
  throw new UsageError(
    `"git ${args[0]}" failed in ${shownFolder(folder)}: ${reason}. Fix it, or add --force`,
  );
}
