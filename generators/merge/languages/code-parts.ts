import path from 'node:path';
import type { Piece } from '../structure/listing.ts';
import { matchesPattern } from '../text/pattern.ts';
import { bare } from '../text/surface.ts';
import { codeLists } from './code-lists.ts';
import { bindingsOf, sourceOf } from './imports.ts';
import { namesInCode } from './names-in-code.ts';
import { declaredIn } from './statement-names.ts';
import { isNode, loadParser, type Syntax, type SyntaxNode } from './syntax.ts';

/** A name that a file imports. */
export interface ImportedName {
  local: string;
  /** The exported name, `default`, or `*`. */
  imported: string;
  /** The module; the path of its file in the folder if the import is relative. */
  module: string;
}

/** An element of a named list. */
export interface ListElement {
  list: string;
  key: string;
  /** The code as a line or several lines for a person. */
  code: string;
  names: readonly string[];
  declared: readonly string[];
  /** The variable of an element such as `...userEvents`. */
  spread: string | undefined;
}

/** The parts of a source that register something. */
export interface CodeParts {
  imports: (ImportedName & { statement: string })[];
  elements: ListElement[];
  /** The exported variables. */
  exports: string[];
  /** The names that the code uses or declares, without those of imports that it does not use. */
  names: ReadonlySet<string>;
}

/** Reports whether the code of a file uses a name of a module, under any local name. */
export const usesName = (
  { imports, names }: CodeParts,
  { module, imported }: Omit<ImportedName, 'local'>,
): boolean =>
  imports.some((each) => each.module === module && each.imported === imported && names.has(each.local));

/** Returns undefined for a text that does not parse. `lists` are the paths of the named lists. */
export async function codePartsOf(
  file: string,
  source: string,
  lists: readonly string[],
): Promise<CodeParts | undefined> {
  const parse = await loadParser('babel-ts');
  const text = bare(source);
  const syntax = parse(text);
  if (!syntax) return undefined;
  const isNamed = (list: string) => lists.some((pattern) => matchesPattern(list, pattern));
  return {
    imports: importsIn(file, text, syntax),
    elements: [...codeLists(text, syntax, isNamed)]
      .filter(([list]) => isNamed(list))
      .flatMap(([list, { pieces }]) => pieces.map((piece) => elementOf(list, piece))),
    exports: syntax.body.flatMap(exportedIn),
    names: namesInCode(syntax),
  };
}

function importsIn(file: string, text: string, syntax: Syntax): CodeParts['imports'] {
  const statements = syntax.body.filter(({ type }) => type === 'ImportDeclaration');
  return statements.flatMap((statement) =>
    bindingsOf({ ...syntax, body: [statement] }).map(({ local, imported }) => ({
      local,
      imported,
      module: moduleOf(file, sourceOf(statement)),
      statement: text.slice(statement.start, statement.end),
    })),
  );
}

const moduleOf = (file: string, source: string): string =>
  source.startsWith('.') ? path.posix.join(path.posix.dirname(file), source) : source;

const exportedIn = (statement: SyntaxNode): string[] => {
  const { declaration } = statement;
  const isVariable = isNode(declaration) && declaration.type === 'VariableDeclaration';
  return isVariable ? declaredIn(declaration) : [];
};

function elementOf(list: string, { key, head, names }: Piece): ListElement {
  const code = dedented(head);
  const words = code.match(/[\p{L}_$][\p{L}\d_$]*/gu) ?? [];
  return {
    list,
    key,
    code: names ? code : `${code}, // in ${list.replaceAll('/', '.')}`,
    names: names ? [...names.used] : words,
    declared: names?.declared ?? [],
    spread: /^\.\.\.([\w$]+)$/.exec(code)?.[1],
  };
}

/** Returns an element with the comments above it, without its indentation. */
function dedented(head: string): string {
  const indent = /^\s*?\n([ \t]*)(?=\S)/.exec(head)?.[1] ?? '';
  return head.trim().replaceAll(`\n${indent}`, '\n');
}
