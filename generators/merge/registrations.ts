import { type Case, casesOf } from './cases.ts';
import { type ImportedName, type CodeParts, codePartsOf, usesName } from './languages/code-parts.ts';
import type { MergePlan, Outcome, Unregistered } from './plan.ts';

/** The sides of a file on the three sides; that of the owner after the merge. */
interface CodeSides {
  base: CodeParts;
  next: CodeParts;
  /** Undefined if the file is gone, or does not parse. */
  disk: CodeParts | undefined;
}

/**
 * Returns the lines that register new parts and that the owner's files lack: new elements of the lists that `plan.registrations`
 * names, and new exports of a module that the owner neither spreads nor names. A file with conflicts is not checked, since the
 * conflicts show the lines.
 */
export async function findUnregistered(
  plan: MergePlan,
  outcomes: readonly Outcome[],
): Promise<Unregistered[]> {
  const cases = casesOf(plan);
  // Nothing is new, and the parser is not loaded.
  if (cases.every(({ base, next }) => next === undefined || base === next)) return [];
  const effects = new Map(outcomes.map((outcome) => [outcome.file, outcome]));
  const found: Unregistered[] = [];
  for (const each of cases) {
    const outcome = effects.get(each.file);
    if (each.base === undefined || outcome?.effect === 'conflict') continue;
    const disk = outcome?.text ?? each.disk;
    const sides = await sidesOf({ ...each, disk }, plan);
    if (!sides) continue;
    const lines = [...elementLines(sides), ...(await exportLines(sides, plan))];
    if (lines.length > 0) found.push({ file: each.file, lines, isGone: disk === undefined });
  }
  return found;
}

async function sidesOf({ file, base, next, disk }: Case, plan: MergePlan): Promise<CodeSides | undefined> {
  const lists = plan.registrations?.(file) ?? [];
  if (lists.length === 0 || base === undefined || next === undefined) return undefined;
  const [before, now] = [await codePartsOf(file, base, lists), await codePartsOf(file, next, lists)];
  const owners = disk === undefined ? undefined : await codePartsOf(file, disk, lists);
  return before && now ? { base: before, next: now, disk: owners } : undefined;
}

/** Returns the new elements that the owner's file lacks, after their imports. */
function elementLines({ base, next, disk }: CodeSides): string[] {
  const isUsed = (name: ImportedName) => disk !== undefined && usesName(disk, name);
  const fresh = next.imports.filter((name) => !usesName(base, name));
  const elements = next.elements.filter(
    ({ list, key, spread }) =>
      spread === undefined && !base.elements.some((each) => each.list === list && each.key === key),
  );
  const missing = elements.filter(({ names, declared }) => {
    const needed = fresh.filter(({ local }) => names.includes(local));
    return needed.length > 0
      ? !needed.every(isUsed)
      : declared.some((name) => disk?.names.has(name) !== true);
  });
  const imports = fresh.filter(
    (name) => !isUsed(name) && missing.some(({ names }) => names.includes(name.local)),
  );
  return [...new Set(imports.map(({ statement }) => statement)), ...missing.map(({ code }) => code)];
}

/** Returns the new exports of the spread modules that no file of the owner lists. Their names fit in a list of any form. */
async function exportLines({ next, disk }: CodeSides, plan: MergePlan): Promise<string[]> {
  const lines: string[] = [];
  for (const { list, spread } of next.elements) {
    const space = next.imports.find(({ local, imported }) => local === spread && imported === '*');
    if (!space) continue;
    const added = await newExports(space.module, plan);
    const owners = added.length === 0 ? [] : disk ? [disk] : await ownCode(plan);
    const isListed = (imported: string) => owners.some((owner) => usesName(owner, { ...space, imported }));
    const missing = isListed('*') ? [] : added.filter((name) => !isListed(name));
    if (missing.length === 0) continue;
    const from = /from (['"].*['"])/.exec(space.statement)?.[1];
    lines.push(`import { ${missing.join(', ')} } from ${from};`);
    lines.push(...missing.map((name) => `${name}, // in ${list.replaceAll('/', '.')}`));
  }
  return lines;
}

async function newExports(module: string, { base, next }: MergePlan): Promise<string[]> {
  const [before, now] = [base.get(module), next.get(module)];
  if (now === undefined || before === now) return [];
  const known = before === undefined ? [] : ((await codePartsOf(module, before, []))?.exports ?? []);
  return ((await codePartsOf(module, now, []))?.exports ?? []).filter((name) => !known.includes(name));
}

/** The owner may have moved the file that lists the parts. */
async function ownCode({ base, next, disk }: MergePlan): Promise<CodeParts[]> {
  const own = [...disk].filter(([file]) => !base.has(file) && !next.has(file) && /\.[cm]?[jt]s$/.test(file));
  const sides = await Promise.all(own.map(([file, text]) => codePartsOf(file, text, [])));
  return sides.filter((code) => code !== undefined);
}
