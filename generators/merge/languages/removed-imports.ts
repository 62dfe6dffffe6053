import type { Sides } from '../text/sides.ts';
import { type Binding, bindingsOf, leadingImports, specifiersOf } from './imports.ts';
import { namesInCode } from './names-in-code.ts';
import type { Parse, Syntax, SyntaxNode } from './syntax.ts';

/**
 * Removes the names from the imports that the templates import no longer and that the merged code does not use. The owner may have
 * moved such a name to another import of its module.
 */
export function withoutRemoved(text: string, sides: Sides<string>, parse: Parse): string {
  const [merged, base, next] = [parse(text), parse(sides.base), parse(sides.next)];
  if (!merged || !base || !next) return text;
  const used = namesInCode(merged);
  const isIn = (syntax: Syntax, { module, imported }: Binding) =>
    bindingsOf(syntax).some((each) => each.module === module && each.imported === imported);
  const isRemoved = (binding: Binding) =>
    !used.has(binding.local) && isIn(base, binding) && !isIn(next, binding);
  return leadingImports(merged.body).reduceRight((result, statement) => {
    const removed = bindingsOf({ ...merged, body: [statement] }).map(isRemoved);
    return removed.includes(true) ? without(result, statement, removed) : result;
  }, text);
}

/** Removes the names for which `removed` is true; with the last one, the whole statement. */
function without(text: string, statement: SyntaxNode, removed: readonly boolean[]): string {
  if (!removed.includes(false)) {
    const end = text.startsWith('\n', statement.end) ? statement.end + 1 : statement.end;
    return text.slice(0, statement.start) + text.slice(end);
  }
  return specifiersOf(statement).reduceRight((result, { start, end }, index) => {
    if (removed[index] !== true || result[start] === '*') return result;
    const [before, after] = [result.slice(0, start), result.slice(end)];
    const isLine = /\n[ \t]*$/.test(before) && /^,?[ \t]*\n/.test(after);
    if (isLine) return before.replace(/\n[ \t]*$/, '') + after.replace(/^,?[ \t]*/, '');
    return after.startsWith(',') ? before + after.replace(/^,\s*/, '') : before.replace(/,\s*$/, '') + after;
  }, text);
}
