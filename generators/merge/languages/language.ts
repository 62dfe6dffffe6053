import path from 'node:path';
import type { Settle } from '../structure/merge-pieces.ts';
import type { FindLists, SettleAt } from '../structure/unify.ts';
import { codeLists, importsOfFile } from './code-lists.ts';
import { environmentLists, patternLists } from './entries.ts';
import { settleImport } from './imports.ts';
import { matchesPattern } from '../text/pattern.ts';
import { jsonLists, settleDependency } from './json.ts';
import { loadParser, type Parse, sameCode } from './syntax.ts';
import { loadYamlLists, sameYaml } from './yaml.ts';

/** The structure that a merge knows of a language. */
export interface Language {
  find: FindLists;
  settle?: SettleAt;
  /** Reports whether two texts differ in their layout only. */
  isSame?: (one: string, other: string) => boolean;
  /** For code with imports. */
  parse?: Parse;
}

/**
 * Returns the language of a file by its name; undefined for a file that is merged by lines alone. `named` are the paths of the
 * arrays and functions of the file whose elements are a union; `*` in one stands for any part of a name.
 */
export async function languageOf(file: string, named: readonly string[]): Promise<Language | undefined> {
  const name = path.posix.basename(file);
  if (/\.[cm]?[jt]sx?$/.test(name)) return codeLanguage(named);
  if (name.endsWith('.json')) return jsonLanguage();
  if (/\.ya?ml$/.test(name)) return { find: await loadYamlLists(), isSame: await sameYaml() };
  if (/^\.env(?:\.|$)/.test(name)) return { find: environmentLists };
  if (/^\.\w*ignore$|^\.gitattributes$/.test(name)) return { find: patternLists };
  return undefined;
}

async function codeLanguage(named: readonly string[]): Promise<Language> {
  const isNamed = (place: string) => named.some((pattern) => matchesPattern(place, pattern));
  const parse = await loadParser('babel-ts');
  return {
    parse,
    find: (text) => {
      const syntax = parse(text);
      return syntax && codeLists(text, syntax, isNamed);
    },
    settle: (place) => (place === importsOfFile ? settleImport(parse) : keepForm(place, isNamed)),
    isSame: (one, other) => sameCode(parse, one, other),
  };
}

/** The list that the templates name stays in the form that the owner gave it: the generated elements have no place there. */
const keepForm =
  (place: string, isNamed: (place: string) => boolean): Settle =>
  ({ base, next, disk }) =>
    isNamed(`${place}/${disk.key}`) && base?.form === next.form && disk.form !== next.form ? disk : undefined;

async function jsonLanguage(): Promise<Language> {
  const parse = await loadParser('json');
  return {
    find: (text) => {
      const syntax = parse(text);
      return syntax && jsonLists(text, syntax);
    },
    settle: settleDependency,
    isSame: (one, other) => sameCode(parse, one, other),
  };
}
