import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toLf, withLineEndsOf } from '../../core/line-ends.ts';
import { shownFolder, shownPath } from '../../core/shown-path.ts';
import { UsageError } from '../../core/usage-error.ts';
import { onEachSide } from '../../merge/text/sides.ts';
import { type Base, baseFileOf, baseFolder, fileOfBase, readBase } from '../../output/base.ts';
import { readDisk } from '../../output/disk.ts';
import { type Git, gitIn } from '../../core/git.ts';
import { distrustOf } from '../../output/trust.ts';
import { writeFiles } from '../../writing/write-files.ts';
import { yoRcFile } from '../../core/yo-rc-file.ts';
import { findOwnerFormat } from '../../rendering/owner-format.ts';
import { mergeBases } from './merge-bases.ts';
import { type Marked, mergeMarked } from './merge-marked.ts';
import { mergeMemory } from './merge-memory.ts';
import { findRevisions, textsAt, treeOfMerge } from './revisions.ts';

/** The result of a repair. */
export interface Repair {
  folder: string;
  /** The files to write: path to text. */
  contents: Map<string, string>;
  /** The texts below `.yo-base/` to remove. */
  removed: string[];
  /** The owner's files in which git has marked conflicts. */
  marked: Marked[];
  notes: string[];
}

/**
 * Merges the memory of the generator after a merge of two branches in git: `.yo-rc.json`, the texts below `.yo-base/`, and the owner's
 * files in which git has marked conflicts. It renders no template. Writes nothing. Throws a UsageError outside of a repository, without
 * a merge, and for a folder that another user could have written.
 */
export async function planRepair(folder: string): Promise<Repair> {
  await assertTrusted(folder);
  const git = await repositoryOf(folder);
  const revisions = findRevisions(git, folder);
  const sides = onEachSide(revisions, (commit) => textsAt(git, commit, isMemory));
  const bases = onEachSide(sides, basesIn);
  const base = await mergeBases(bases);
  const isGenerated = (file: string) => base.has(file);
  const owners = onEachSide(revisions, (commit) => textsAt(git, commit, isGenerated));
  const tree = treeOfMerge(git, revisions);
  const ofGit = tree === undefined ? new Map<string, string>() : textsAt(git, tree, isGenerated);
  const { texts } = await readDisk(folder, base.keys(), () => false);
  const marked = await mergeMarked(
    texts,
    { owners, generated: bases, base, ofGit },
    await findOwnerFormat(folder),
  );
  const present = await readFile(path.join(folder, yoRcFile), 'utf8');
  const memory = mergeMemory(
    onEachSide(sides, (side) => side.get(yoRcFile)),
    present,
  );
  const before = await readBase(folder);
  const contents = new Map([
    ...marked.flatMap(({ file, text }) => (text === undefined ? [] : [[file, text] as const])),
    ...(toLf(present) === memory.text ? [] : [[yoRcFile, withLineEndsOf(present, memory.text)] as const]),
    ...[...base]
      .filter(([file, text]) => before.get(file) !== text)
      .map(([file, text]) => [baseFileOf(file), text] as const),
  ]);
  const removed = [...before.keys()].filter((file) => !base.has(file)).map(baseFileOf);
  return { folder, contents, removed, marked, notes: memory.notes };
}

async function assertTrusted(folder: string): Promise<void> {
  const file = path.join(folder, yoRcFile);
  const distrust = await distrustOf(file, folder);
  if (distrust === 'absent')
    throw new UsageError(
      `${shownFolder(folder)} is not the folder of a service, since it has no ${yoRcFile}; run the command in the folder of a service`,
    );
  if (distrust !== undefined) throw new UsageError(`cannot trust ${shownPath(file)}: ${distrust}`);
}

async function repositoryOf(folder: string): Promise<Git> {
  const git = await gitIn(folder);
  if (git) return git;
  throw new UsageError(
    `${shownFolder(folder)} is not in a git repository, and a repair needs the commits of the merged branches; run it in the repository of the merge`,
  );
}

/** Writes all files of the repair, or none. */
export async function commitRepair({ folder, contents, removed }: Repair): Promise<void> {
  if (contents.size + removed.length > 0) await writeFiles(folder, contents, removed);
}

const isMemory = (file: string): boolean => file === yoRcFile || file.startsWith(`${baseFolder}/`);

const basesIn = (texts: ReadonlyMap<string, string>): Base =>
  new Map(
    [...texts].flatMap(([stored, text]) => {
      const file = fileOfBase(stored);
      return file === undefined ? [] : [[file, toLf(text)] as const];
    }),
  );
