import { shownFolder } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Changes } from './changes.ts';
import { gitIn } from '../core/git.ts';

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
  const git = await gitIn(folder);
  if (!git) return undefined;
  const options = ['--porcelain=v1', '-z', '--no-renames', '--untracked-files=all'];
  const status = git.bytes(['status', ...options, '--', ...files]).toString('utf8');
  const start = 'XY '.length + git.prefix.length;
  return status
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(start));
}
