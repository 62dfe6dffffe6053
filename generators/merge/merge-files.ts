import { type Case, casesOf } from './cases.ts';
import { type FileKind, isKept, kindOfFile } from './kinds.ts';
import { type Format, isUnedited, mergeText } from './merge-text.ts';
import type { MergePlan, MergeResult, Outcome } from './plan.ts';
import { findUnregistered } from './registrations.ts';
import { likelyRenames } from './renames.ts';
import { isUnresolved } from './text/markers.ts';
import { bare } from './text/surface.ts';

/**
 * Merges the generated files with those of the owner. Reads and writes nothing: the caller writes the texts of the outcomes,
 * removes files, and stores the new base. Merging again with the new base and the written files changes nothing. A deleted file
 * stays deleted, a file that the owner changed is never removed, and each edit of the owner is in the result or within the
 * markers of a conflict.
 */
export async function mergeFiles(plan: MergePlan): Promise<MergeResult> {
  const outcomes: Outcome[] = [];
  const base = new Map<string, string>();
  const formatNew = await newFileFormat(plan);
  for (const each of casesOf(plan)) {
    if (isLatePlaceholder(each, plan)) continue;
    const outcome = await mergeCase(each, plan);
    if (outcome) outcomes.push(await formatNew(outcome, each));
    remember(base, each, outcome);
  }
  const { unregistered, pending } = await findUnregistered(plan, outcomes);
  return {
    outcomes: unregistered.length > 0 ? outcomes.map(leaveDerived) : outcomes,
    base,
    renames: likelyRenames(plan),
    unregistered,
    pending,
  };
}

/** Only a new folder gets a placeholder: in a folder of an earlier run, the owner may have deleted it. */
const isLatePlaceholder = ({ file, base, disk }: Case, plan: MergePlan): boolean =>
  kindOfFile(file) === 'placeholder' && base === undefined && disk === undefined && plan.base.size > 0;

/** The code differs from the answers until the owner has registered the part, so only a command can write such a file. */
const leaveDerived = ({ text, ...outcome }: Outcome): Outcome =>
  text !== undefined && kindOfFile(outcome.file) === 'derived'
    ? { ...outcome, effect: 'left', why: 'from the code' }
    : { ...outcome, ...(text !== undefined && { text }) };

/**
 * Returns the function that lays a new file out as the owner lays out the generated ones: he has other options of prettier, and each
 * file that this merge can compare is formatted with them.
 */
async function newFileFormat({ base, disk, format }: MergePlan) {
  const [before, owners] = [base, disk].map((texts) => texts.get(optionsFile));
  const isOwn = format !== undefined && base.size > 0 && bare(before ?? '') !== bare(owners ?? '');
  const isFormatted = isOwn && (await isFormattedWith(format, { base, disk }));
  return async (outcome: Outcome, { base: known, disk: present }: Case): Promise<Outcome> => {
    const isNew = known === undefined && present === undefined && outcome.text !== undefined;
    if (!isFormatted || !isNew) return outcome;
    return { ...outcome, text: (await format(outcome.file, outcome.text ?? '')) ?? outcome.text ?? '' };
  };
}

const optionsFile = '.prettierrc.json';
/** Enough to know the habit of the owner. */
const MOST_SAMPLES = 5;

async function isFormattedWith(
  format: Format,
  { base, disk }: Pick<MergePlan, 'base' | 'disk'>,
): Promise<boolean> {
  const sources = [...base.keys()].filter((file) => file.startsWith('src/') && disk.has(file));
  for (const file of sources.slice(0, MOST_SAMPLES)) {
    const text = bare(disk.get(file) ?? '');
    if ((await format(file, text)) !== text) return false;
  }
  return sources.length > 0;
}

/** The kinds of files that are the owner's after their first run. */
const once: ReadonlySet<FileKind> = new Set(['born', 'placeholder']);

/** The base stays behind for a file whose changes the merge has not offered to the owner yet. */
function remember(
  base: Map<string, string>,
  { file, from, ...texts }: Case,
  outcome: Outcome | undefined,
): void {
  const isBehind = outcome?.why === 'in .yo-keep' || outcome?.why === 'unresolved';
  const isBorn = once.has(kindOfFile(file));
  const text = isBehind ? texts.base : (texts.next ?? (isBorn ? texts.base : undefined));
  if (text !== undefined) base.set(isBehind ? from : file, text);
}

/** Returns undefined if the file is neither generated nor on the disk. */
async function mergeCase(each: Case, plan: MergePlan): Promise<Outcome | undefined> {
  const { file, from, base, next, disk } = each;
  if (next === undefined && disk === undefined) return undefined;
  const kind = kindOfFile(file);
  const isMarked = disk !== undefined && isUnresolved(bare(disk)) && !once.has(kind) && kind !== 'lock';
  if (isMarked) return unresolved(each);
  if ([file, from].some((path) => isKept(path, plan.keep ?? [])))
    return base === next ? { file, effect: 'kept' } : { file, effect: 'left', why: 'in .yo-keep' };
  if (once.has(kind) || kind === 'lock') return writtenOnce(each);
  if (next === undefined) return notGenerated(each, plan);
  if (disk === undefined) return absent(each);
  const outcome = await mergePresent({ ...each, next, disk }, { plan, kind });
  return from === file ? outcome : followed(outcome, each);
}

/** The file stays at its path, also if the templates moved it. */
const unresolved = ({ from }: Case): Outcome => ({ file: from, effect: 'conflict', why: 'unresolved' });

function writtenOnce({ file, base, next, disk }: Case): Outcome {
  if (base === undefined && disk === undefined && next !== undefined)
    return { file, effect: 'written', text: next };
  return { file, effect: 'kept', why: 'born once' };
}

async function notGenerated({ file, base, disk }: Case, { format }: MergePlan): Promise<Outcome> {
  const isGone =
    disk === undefined || (base !== undefined && (await isUnedited({ base, disk }, { file, format })));
  return isGone ? { file, effect: 'removed' } : { file, effect: 'left', why: 'yours now' };
}

function absent({ file, base, next }: Case): Outcome {
  if (base === undefined) return { file, effect: 'written', text: next ?? '' };
  return { file, effect: base === next ? 'kept' : 'left', why: 'deleted' };
}

interface Present extends Case {
  next: string;
  disk: string;
}

async function mergePresent(
  { file, from, base, next, disk }: Present,
  { plan, kind }: { plan: MergePlan; kind: FileKind },
): Promise<Outcome> {
  if (base === next || bare(disk) === bare(next)) return { file, effect: 'kept' };
  if (kind === 'derived' && bare(disk) !== bare(base ?? ''))
    return { file, effect: 'left', why: 'from the code' };
  const { versions, lists, format } = plan;
  const labels = { file: from, before: versions.before, now: versions.now };
  const merged = await mergeText({ base, next, disk }, { labels, lists: lists?.(file), format });
  const { text, conflicts } = merged;
  if (conflicts > 0) return { file, effect: 'conflict', text, conflicts };
  if (text === disk) return { file, effect: 'kept' };
  return { file, effect: merged.isGenerated ? 'written' : 'merged', text };
}

/** A moved file is written at its new path with the owner's edits, also where only the path changed. */
function followed(outcome: Outcome, { from, next, disk = '' }: Case): Outcome {
  const text = outcome.text ?? disk;
  const moved = text === next ? 'written' : 'merged';
  return { why: 'moved', ...outcome, effect: outcome.effect === 'kept' ? moved : outcome.effect, text, from };
}
