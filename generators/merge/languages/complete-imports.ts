import { type Labels, markAll, type Merged } from '../text/markers.ts';
import type { Sides } from '../text/sides.ts';
import { type Binding, bindingsOf, importedNames, leadingImports, sourceOf } from './imports.ts';
import { namesInCode } from './names-in-code.ts';
import type { Parse, Syntax, SyntaxNode } from './syntax.ts';
import { withoutRemoved } from './removed-imports.ts';

/**
 * Completes the imports of a merged text. An import that one side removed, and that the code of the other side uses, is added
 * again. The text is one conflict if both sides import different things by one name.
 */
export function completeImports(
  text: string,
  sides: Sides<string>,
  { labels, parse }: { labels: Labels; parse: Parse },
): Merged {
  const [merged, next, disk] = [parse(text), parse(sides.next), parse(sides.disk)];
  if (!merged || !next || !disk) return { text, conflicts: 0 };
  if (isAmbiguous(merged, [next, disk])) return markAll(sides, labels);
  const kept = withoutRemoved(text, sides, parse);
  const missing = missingBindings(merged, next, disk);
  return {
    text: missing.reduce((result, binding) => withBinding(result, binding, { parse, disk }), kept),
    conflicts: 0,
  };
}

function isAmbiguous(merged: Syntax, sources: Syntax[]): boolean {
  const isRepeated = (syntax: Syntax) => {
    const names = bindingsOf(syntax).map(({ local }) => local);
    return new Set(names).size < names.length;
  };
  return isRepeated(merged) && !sources.some(isRepeated);
}

function missingBindings(merged: Syntax, next: Syntax, disk: Syntax): Binding[] {
  const used = namesInCode(merged);
  const bound = new Set(bindingsOf(merged).map(({ local }) => local));
  const missingOf = (source: Syntax, other: Syntax) => {
    const known = new Set(bindingsOf(other).map(({ local }) => local));
    const names = namesInCode(other);
    const isForeign = ({ local }: Binding) => known.has(local) || !names.has(local);
    return bindingsOf(source).filter(
      (binding) => used.has(binding.local) && !bound.has(binding.local) && isForeign(binding),
    );
  };
  const owners = missingOf(disk, next);
  const added = new Set(owners.map(({ local }) => local));
  return [...owners, ...missingOf(next, disk).filter(({ local }) => !added.has(local))];
}

/** Returns the end of the import that the owner has before the one of `binding`; the end of all imports for another binding. */
function placeOfImport({ module }: Binding, owners: SyntaxNode[], imports: SyntaxNode[]): number {
  const index = owners.findIndex((statement) => sourceOf(statement) === module);
  const before = owners.slice(0, Math.max(0, index)).map(sourceOf);
  const neighbor = imports.findLast((statement) => before.includes(sourceOf(statement)));
  return (neighbor ?? imports.at(-1))?.end ?? 0;
}

/** Adds the name to an import of its module, or an import at its place. */
function withBinding(
  text: string,
  binding: Binding,
  { parse, disk }: { parse: Parse; disk: Syntax },
): string {
  const imports = leadingImports(parse(text)?.body ?? []);
  const name = binding.imported === binding.local ? binding.local : `${binding.imported} as ${binding.local}`;
  const place = imports.findLast(
    (statement) =>
      sourceOf(statement) === binding.module &&
      importedNames(statement).length > 0 &&
      (binding.isType || statement['importKind'] !== 'type'),
  );
  if (!place || binding.imported === '*' || binding.imported === 'default') {
    const position = placeOfImport(binding, leadingImports(disk.body), imports);
    const line = statementOf(binding, name);
    return position === 0
      ? `${line}\n\n${text}`
      : `${text.slice(0, position)}\n${line}${text.slice(position)}`;
  }
  const last = importedNames(place).at(-1)?.end ?? 0;
  const typed = binding.isType && place['importKind'] !== 'type' ? `type ${name}` : name;
  return `${text.slice(0, last)}, ${typed}${text.slice(last)}`;
}

function statementOf({ imported, local, module, isType }: Binding, name: string): string {
  const names = imported === '*' ? `* as ${local}` : imported === 'default' ? local : `{ ${name} }`;
  return `import ${isType ? 'type ' : ''}${names} from '${module}';`;
}
