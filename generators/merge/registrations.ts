import { type Case, casesOf } from './cases.ts';
import { type ImportedName, type CodeParts, codePartsOf, usesName } from './languages/code-parts.ts';
import type { MergePlan, Outcome, Pending, Unregistered } from './plan.ts';

/** A file on the three sides. */
interface CodeSides {
  base: CodeParts;
  next: CodeParts;
  /** The owner's file after the merge, unless it is gone or does not parse, and where a part may be registered instead. */
  owners: CodeParts[];
  /** The names that earlier runs could not register in the file. */
  open: ReadonlySet<string>;
}

/** Lines to add, and the names that they register. */
interface Missing {
  lines: string[];
  names: string[];
}

/**
 * Returns the lines that register parts and that the owner's files lack: new elements of the lists that `plan.registrations` names, and
 * new exports of a module that the owner neither spreads nor names. Those of `plan.pending` are checked again. A file with conflicts is
 * not checked, since the conflicts show the lines.
 */
export async function findUnregistered(
  plan: MergePlan,
  outcomes: readonly Outcome[],
): Promise<{ unregistered: Unregistered[]; pending: Pending }> {
  const cases = casesOf(plan);
  const openIn = ({ file, from }: Case) => plan.pending?.[file] ?? plan.pending?.[from] ?? [];
  const unregistered: Unregistered[] = [];
  const pending: Record<string, readonly string[]> = {};
  // Otherwise nothing is new, and the parser is not loaded.
  const isNew = cases.some(({ base, next }) => next !== undefined && base !== next);
  const checked = isNew ? cases : cases.filter((each) => openIn(each).length > 0);
  const effects = new Map(outcomes.map((outcome) => [outcome.file, outcome]));
  for (const each of checked) {
    const outcome = effects.get(each.file);
    if (each.base === undefined) continue;
    if (outcome?.effect === 'conflict') {
      if (openIn(each).length > 0) pending[each.file] = openIn(each);
      continue;
    }
    const disk = outcome?.text ?? each.disk;
    const sides = await sidesOf({ ...each, disk }, plan, openIn(each));
    if (!sides) continue;
    const { lines, names } = joined([elementsMissing(sides), ...(await exportsMissing(sides, plan))]);
    if (lines.length === 0) continue;
    unregistered.push({ file: each.file, lines, isGone: disk === undefined });
    pending[each.file] = [...new Set(names)].toSorted();
  }
  return { unregistered, pending };
}

const joined = (all: Missing[]): Missing => ({
  lines: all.flatMap(({ lines }) => lines),
  names: all.flatMap(({ names }) => names),
});

async function sidesOf(
  { file, base, next, disk }: Case,
  plan: MergePlan,
  open: readonly string[],
): Promise<CodeSides | undefined> {
  const lists = plan.registrations?.(file) ?? [];
  if (lists.length === 0 || base === undefined || next === undefined) return undefined;
  const [before, now] = [await codePartsOf(file, base, lists), await codePartsOf(file, next, lists)];
  if (!before || !now) return undefined;
  const own = disk === undefined ? undefined : await codePartsOf(file, disk, lists);
  // The owner may have registered the part since, in a file of his own.
  const others = disk === undefined || open.length > 0 ? await ownCode(plan) : [];
  return { base: before, next: now, owners: [...(own ? [own] : []), ...others], open: new Set(open) };
}

const nameOf = ({ module, imported }: Omit<ImportedName, 'local'>) => `${imported} from ${module}`;

/** Returns the elements that the owner's files lack, after their imports. */
function elementsMissing({ base, next, owners, open }: CodeSides): Missing {
  const isUsed = (name: ImportedName) => owners.some((owner) => usesName(owner, name));
  const isDeclared = (name: string) => owners.some(({ names }) => names.has(name));
  const fresh = next.imports.filter((name) => !usesName(base, name) || open.has(nameOf(name)));
  const neededBy = (names: readonly string[]) => fresh.filter(({ local }) => names.includes(local));
  const elements = next.elements.filter(
    ({ list, key, spread, names, declared }) =>
      spread === undefined &&
      (!base.elements.some((each) => each.list === list && each.key === key) ||
        declared.some((name) => open.has(name)) ||
        neededBy(names).some((name) => open.has(nameOf(name)))),
  );
  const missing = elements.filter(({ names, declared }) => {
    const needed = neededBy(names);
    return needed.length > 0 ? !needed.every(isUsed) : !declared.every(isDeclared);
  });
  const imports = fresh.filter(
    (name) => !isUsed(name) && missing.some(({ names }) => names.includes(name.local)),
  );
  const declared = missing.flatMap((each) => (neededBy(each.names).length > 0 ? [] : each.declared));
  return {
    lines: [...new Set(imports.map(({ statement }) => statement)), ...missing.map(({ code }) => code)],
    names: [...imports.map(nameOf), ...declared.filter((name) => !isDeclared(name))],
  };
}

/** Returns the new exports of the spread modules that no file of the owner lists. Their names fit in a list of any form. */
async function exportsMissing({ next, owners, open }: CodeSides, plan: MergePlan): Promise<Missing[]> {
  const all: Missing[] = [];
  for (const { list, spread } of next.elements) {
    const space = next.imports.find(({ local, imported }) => local === spread && imported === '*');
    if (!space) continue;
    const isListed = (imported: string) => owners.some((owner) => usesName(owner, { ...space, imported }));
    const keyOf = (imported: string) => nameOf({ ...space, imported });
    const added = isListed('*') ? [] : await newExports(space.module, plan, (name) => open.has(keyOf(name)));
    const missing = added.filter((name) => !isListed(name));
    if (missing.length === 0) continue;
    const from = /from (['"].*['"])/.exec(space.statement)?.[1];
    all.push({
      lines: [
        `import { ${missing.join(', ')} } from ${from};`,
        ...missing.map((name) => `${name}, // in ${list.replaceAll('/', '.')}`),
      ],
      names: missing.map(keyOf),
    });
  }
  return all;
}

async function newExports(
  module: string,
  { base, next }: MergePlan,
  isOpen: (name: string) => boolean,
): Promise<string[]> {
  const [before, now] = [base.get(module), next.get(module)];
  if (now === undefined) return [];
  const known = before === undefined ? [] : ((await codePartsOf(module, before, []))?.exports ?? []);
  const exported = (await codePartsOf(module, now, []))?.exports ?? [];
  return exported.filter((name) => !known.includes(name) || isOpen(name));
}

/** The owner may have moved the file that lists the parts. */
async function ownCode({ base, next, disk }: MergePlan): Promise<CodeParts[]> {
  const isTest = (file: string) => /(?:^|\/)tests?\//.test(file);
  const own = [...disk].filter(
    ([file]) => !base.has(file) && !next.has(file) && !isTest(file) && /\.[cm]?[jt]s$/.test(file),
  );
  const sides = await Promise.all(own.map(([file, text]) => codePartsOf(file, text, [])));
  return sides.filter((code) => code !== undefined);
}
