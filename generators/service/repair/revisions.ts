import { shownFolder } from '../../core/shown-path.ts';
import { UsageError } from '../../core/usage-error.ts';
import type { Sides } from '../../merge/text/sides.ts';
import { baseFolder } from '../../output/base.ts';
import type { Git } from '../../core/git.ts';
import { yoRcFile } from '../../core/yo-rc-file.ts';

/** The commits of a merge: the common ancestor (`base`), the current branch (`disk`), and the merged one (`next`). */
export type Revisions = Sides<string>;

/** The files in which git stores the commit that it merges, and that commit's ancestor. */
const unfinished = [
  { head: 'MERGE_HEAD', ancestor: undefined },
  { head: 'CHERRY_PICK_HEAD', ancestor: 'CHERRY_PICK_HEAD^' },
  { head: 'REBASE_HEAD', ancestor: 'REBASE_HEAD^' },
];

/**
 * Returns the commits of the unfinished merge of the repository, else those of the last merge on the current branch after which no
 * commit has changed the memory of the generator. Throws a UsageError if there is none.
 */
export function findRevisions(git: Git, folder: string): Revisions {
  const commit = (revision: string) =>
    git.attempt(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  for (const { head, ancestor } of unfinished) {
    const [next, disk] = [commit(head), commit('HEAD')];
    if (next === undefined || disk === undefined) continue;
    const base = ancestor === undefined ? git.attempt(['merge-base', disk, next]) : commit(ancestor);
    return { base: known(base, folder), disk, next };
  }
  const merge = git.attempt(['rev-list', '--first-parent', '--merges', '--max-count=1', 'HEAD']);
  const memory = [baseFolder, yoRcFile];
  if (!merge || git.attempt(['diff', '--quiet', merge, 'HEAD', '--', ...memory]) === undefined)
    throw new UsageError(
      `${shownFolder(folder)} needs no repair: git neither merges now, nor is a merge the last change of ${yoRcFile} and ${baseFolder}/`,
    );
  const [disk = '', next = ''] = [commit(`${merge}^1`), commit(`${merge}^2`)];
  return { base: known(git.attempt(['merge-base', disk, next]), folder), disk, next };
}

function known(ancestor: string | undefined, folder: string): string {
  if (ancestor !== undefined) return ancestor;
  throw new UsageError(
    `the merged branches of ${shownFolder(folder)} have no common commit; nothing was written`,
  );
}

/**
 * Returns the tree that git itself makes of the merge, with its markers; undefined for a git before 2.38, and for a single commit (a rebase)
 * before 2.40. It changes no file and no branch.
 */
export function treeOfMerge(git: Git, { base, disk, next }: Revisions): string | undefined {
  const isWhole = git.attempt(['merge-base', disk, next]) === base;
  const options = ['--write-tree', '--no-messages', ...(isWhole ? [] : [`--merge-base=${base}`])];
  const conflicts = 1; // the exit code
  return git.attempt(['merge-tree', ...options, disk, next], conflicts)?.split('\n')[0];
}

/** Returns the text of each file that `isWanted` names at a commit or in a tree, by its path in the folder. */
export function textsAt(git: Git, commit: string, isWanted: (file: string) => boolean): Map<string, string> {
  const listing = git.bytes([
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    commit,
    ...(git.prefix ? ['--', git.prefix] : []),
  ]);
  const files = listing
    .toString('utf8')
    .split('\0')
    .flatMap((line): [string, string][] => {
      const [, id = '', file = ''] = /^100\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      const within = file.slice(git.prefix.length);
      return id !== '' && file.startsWith(git.prefix) && isWanted(within) ? [[within, id]] : [];
    });
  const texts = objects(
    git,
    files.map(([, id]) => id),
  );
  return new Map(files.map(([file], index) => [file, texts[index] ?? '']));
}

/** Reads objects in one call. Git prints a line with the size before the bytes of each one. */
function objects(git: Git, ids: readonly string[]): string[] {
  const bytes = git.bytes(['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''));
  const texts: string[] = [];
  let position = 0;
  for (const _ of ids) {
    const line = bytes.indexOf('\n', position);
    const size = Number(bytes.subarray(position, line).toString('utf8').split(' ')[2]);
    texts.push(bytes.subarray(line + 1, line + 1 + size).toString('utf8'));
    position = line + 1 + size + 1;
  }
  return texts;
}
