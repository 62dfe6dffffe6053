import { type Labels, markAdded, type Merged } from '../text/markers.ts';
import type { Sides } from '../text/sides.ts';
import { declarationIn } from './code-items.ts';
import { leadingImports } from './imports.ts';
import { type Declared, type Reference, type Scopes, scopesOf } from './scopes.ts';
import { declaredIn } from './statement-names.ts';
import type { Parse } from './syntax.ts';

/** Declarations that come back may need others; the templates have no longer chain. */
const MOST_ROUNDS = 3;

interface Tools {
  labels: Labels;
  parse: Parse;
}

/**
 * Completes the names of a merged text. New code of the templates may use a parameter, a variable or a type that the owner renamed or
 * removed: a renamed one is called by its new name, a removed declaration of the file comes back. The new code is a conflict if the
 * owner removed another one.
 */
export function completeNames(text: string, sides: Sides<string>, tools: Tools): Merged {
  const { labels, parse } = tools;
  const scopes = [sides.base, sides.next, sides.disk].map((side) => scopesIn(side, parse));
  const [base, next, disk] = scopes;
  if (!base || !next || !disk) return { text, conflicts: 0 };
  const known = new Set([...next.unresolved, ...disk.unresolved].map(({ name }) => name));
  let current = text;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const missing = missingIn(current, known, parse);
    if (missing.length === 0) return { text: current, conflicts: 0 };
    const changed = restored(renamed(current, missing, { base, next, disk }), missing, sides.next, parse);
    if (changed === current) break;
    current = changed;
  }
  const lost = missingIn(current, known, parse);
  return lost.length === 0
    ? { text: current, conflicts: 0 }
    : markAdded(current, sides.disk, startsOf(lost), labels);
}

function scopesIn(text: string, parse: Parse): Scopes | undefined {
  const syntax = parse(text);
  return syntax && scopesOf(syntax);
}

const missingIn = (text: string, known: ReadonlySet<string>, parse: Parse): readonly Reference[] =>
  (scopesIn(text, parse)?.unresolved ?? []).filter(({ name }) => !known.has(name));

const startsOf = (references: readonly Reference[]): number[] => references.map(({ start }) => start);

function renamed(text: string, missing: readonly Reference[], scopes: Sides<Scopes>): string {
  return missing
    .toSorted((one, other) => other.start - one.start)
    .reduce((result, { name, start, end, path, isShorthand }) => {
      const other = newNameOf(name, path, scopes);
      if (other === undefined) return result;
      return result.slice(0, start) + (isShorthand ? `${name}: ${other}` : other) + result.slice(end);
    }, text);
}

/** Returns the only name of the same form that the owner declares in the place of `name`. */
function newNameOf(name: string, path: string, { base, next, disk }: Sides<Scopes>): string | undefined {
  const place = placesAround(path).find((each) => next.declared.get(each)?.has(name));
  if (place === undefined) return undefined;
  const [before, owners] = [namesAt(base.declared, place), namesAt(disk.declared, place)];
  const form = before.get(name);
  const same = [...owners].filter(([other, its]) => its === form && !before.has(other));
  return form !== undefined && same.length === 1 ? same[0]?.[0] : undefined;
}

const namesAt = (declared: Declared, path: string): ReadonlyMap<string, string> =>
  declared.get(path) ?? new Map<string, string>();

/** `a/b`, `a` and the file itself. */
const placesAround = (path: string): string[] => {
  const parts = path === '' ? [] : path.split('/');
  return [...parts.keys(), parts.length].toReversed().map((count) => parts.slice(0, count).join('/'));
};

/** Adds the statements of the generated file that declare missing names, behind the imports. */
function restored(text: string, missing: readonly Reference[], next: string, parse: Parse): string {
  const still = new Set(missing.map(({ name }) => name));
  for (const { name } of missing) if (!scopesMiss(text, name, parse)) still.delete(name);
  const statements = (parse(next)?.body ?? []).filter(
    (statement) =>
      statement.type !== 'ImportDeclaration' &&
      declaredIn(declarationIn(statement)).some((name) => still.has(name)),
  );
  if (statements.length === 0) return text;
  const place = leadingImports(parse(text)?.body ?? []).at(-1)?.end ?? 0;
  const added = statements.map(({ start, end }) => next.slice(start, end)).join('\n\n');
  const [before, after] = [text.slice(0, place), text.slice(place)];
  return place === 0 ? `${added}\n\n${after}` : `${before}\n\n${added}${after}`;
}

const scopesMiss = (text: string, name: string, parse: Parse): boolean =>
  scopesIn(text, parse)?.unresolved.some((each) => each.name === name) === true;
