import path from 'node:path';
import { readBounded } from '../core/bounded-file.ts';
import { assertClosed } from '../core/closed-folder.ts';
import { withPassword, withoutPassword } from '../core/random-password.ts';
import { shownPath } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';
import { mergeFiles } from '../merge/merge-files.ts';
import { isKept } from '../merge/kinds.ts';
import type { Outcome, Pending, Rename, Unregistered } from '../merge/plan.ts';
import { bare } from '../merge/text/surface.ts';
import { findOwnerFormat } from '../rendering/owner-format.ts';
import { upgradedFiles } from '../upgrade/upgrades.ts';
import { type Base, readBase } from './base.ts';
import { type Disk, readDisk, readUnknown } from './disk.ts';
import type { Work } from './work.ts';

/** The file in which the owner names files that no merge touches, one pattern per line. */
const keepFile = '.yo-keep';
const MAX_KEEP = 64 * 2 ** 10;

/** The effect of a run on one file. */
export interface Change extends Outcome {
  /** The owner's text; undefined if the file does not exist. */
  present?: string | undefined;
  /** The text to write, with the owner's password. */
  written?: string | undefined;
  /** The owner changed the file, and the run changes it too. */
  isShared: boolean;
}

/** The effects of a run on a folder. */
export interface Changes {
  files: Change[];
  /** Files that the owner seems to have renamed. */
  renames: Rename[];
  /** The lines that register new parts, and that the owner has to add. */
  unregistered: Unregistered[];
  /** The registrations that the next run checks again. */
  pending: Pending;
  before: Base;
  /** The base of the next run. */
  base: Base;
}

/**
 * Merges the files of `work` with those in the folder. Writes nothing. Throws a UsageError if a file would land outside of the
 * folder, if a folder is in the place of a file, or if a file to change is not UTF-8.
 */
export async function compare(work: Work): Promise<Changes> {
  const { folder, workspace, files, steps, moves = [], lists, registrations, upgrades = [], pending } = work;
  if (workspace !== undefined && workspace !== folder)
    await assertClosed(workspace, [wayTo(folder, workspace)]);
  await assertClosed(folder, [...files.keys(), ...steps.flatMap(({ writes }) => writes)]);
  const before = await readBase(folder);
  const paths = new Set([...before.keys(), ...files.keys(), ...moves.map(({ from }) => from)]);
  const disk = await readDisk(folder, paths, (file) => files.has(file));
  const texts = [...disk.texts].map(([file, text]): [string, string] => [file, withoutPassword(file, text)]);
  const gone = [...before.keys()].filter((file) => isGone(file, work, { before, disk }));
  const wanted = [...gone, ...(upgrades.length > 0 || pending ? ['any.ts'] : [])];
  const unknown = wanted.length === 0 ? [] : await readUnknown(folder, paths, wanted);
  const keep = await readKeep(folder);
  const owners = [...unknown, ...texts].filter(
    ([file, text]) => !isKept(file, keep) && bare(text) !== bare(before.get(file) ?? ''),
  );
  const upgraded = await upgradedFiles(new Map(owners), upgrades);
  const { outcomes, base, renames, ...registered } = await mergeFiles({
    base: before,
    next: files,
    disk: new Map([...unknown, ...texts, ...upgraded]),
    versions: { before: work.versionBefore ?? work.remembered.version, now: work.remembered.version },
    moves,
    keep,
    ...(lists && { lists }),
    ...(registrations && { registrations }),
    ...(pending && { pending }),
    format: await findOwnerFormat(folder),
  });
  const present = { ...disk, texts: new Map([...unknown, ...disk.texts]) };
  const changes = [
    ...outcomes.map((outcome) => withUpgrade(outcome, upgraded)),
    ...[...upgraded].filter(([file]) => !paths.has(file)).map(ofOwnFile),
  ]
    .toSorted((one, other) => (one.file < other.file ? -1 : 1))
    .map((outcome) => effectOf(outcome, { before, disk: present }));
  refuseOtherBytes(folder, changes, disk);
  return { files: changes, renames, ...registered, before, base };
}

/** The merge leaves a file whose generated text is as before, or which is the owner's now; its upgrade counts all the same. */
function withUpgrade(outcome: Outcome, upgraded: ReadonlyMap<string, string>): Outcome {
  const text = upgraded.get(outcome.file);
  if (text === undefined || outcome.text !== undefined || !leftAlone.has(outcome.effect)) return outcome;
  return ofOwnFile([outcome.file, text]);
}

const leftAlone = new Set<Outcome['effect']>(['kept', 'left']);

const ofOwnFile = ([file, text]: [string, string]): Outcome => ({
  file,
  effect: 'merged',
  why: 'upgraded',
  text,
});

/** The owner may have renamed such a file, and does not see its changes otherwise. */
function isGone(
  file: string,
  { files, registrations }: Work,
  { before, disk }: { before: Base; disk: Disk },
): boolean {
  if (disk.texts.has(file) || !files.has(file)) return false;
  return files.get(file) !== before.get(file) || (registrations?.(file) ?? []).length > 0;
}

const wayTo = (folder: string, above: string) => path.relative(above, folder).split(path.sep).join('/');

async function readKeep(folder: string): Promise<string[]> {
  const file = path.join(folder, keepFile);
  const text = await readBounded(file, MAX_KEEP).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new UsageError(`cannot read ${file}: ${error.message}`);
  });
  return text.split('\n');
}

function effectOf(outcome: Outcome, { before, disk }: { before: Base; disk: Disk }): Change {
  const { file, from = file, text } = outcome;
  const present = disk.texts.get(from);
  const isEdited =
    present !== undefined && bare(withoutPassword(from, present)) !== bare(before.get(from) ?? '');
  const written = text === undefined ? undefined : withPassword(file, text, present);
  return { ...outcome, present, written, isShared: isEdited && text !== undefined };
}

function refuseOtherBytes(folder: string, changes: Change[], { others }: Disk): void {
  const refused = changes.find(({ file, from = file, text }) => text !== undefined && others.has(from));
  if (!refused) return;
  throw new UsageError(
    `${shownPath(path.join(folder, refused.from ?? refused.file))} is not UTF-8, so the generated changes cannot be merged into it; convert the file, or name it in ${keepFile}`,
  );
}
