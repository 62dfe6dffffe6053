import { type Listing, type Piece, listText } from '../structure/listing.ts';
import { type Changed, isDecided, mergePieces, type Settle } from '../structure/merge-pieces.ts';
import { type Item, listingOf } from '../structure/pieces.ts';
import { onEachSide } from '../text/sides.ts';
import { movedPieces } from '../structure/unify.ts';
import { isNode, nodesIn, type Parse, shapeOf, type Syntax, type SyntaxNode } from './syntax.ts';

/** A name that an import defines in its file. */
export interface Binding {
  local: string;
  module: string;
  /** The exported name, `default`, or `*`. */
  imported: string;
  isType: boolean;
}

const isImport = ({ type }: SyntaxNode): boolean => type === 'ImportDeclaration';

/** The imports before the first other statement. */
export function leadingImports(body: SyntaxNode[]): SyntaxNode[] {
  const count = body.findIndex((statement) => !isImport(statement));
  return count < 0 ? body : body.slice(0, count);
}

/** The text of an identifier or a string. */
function textIn(node: unknown): string {
  const text = isNode(node) ? (node['name'] ?? node['value']) : undefined;
  return typeof text === 'string' ? text : '';
}

const isTyped = (node: SyntaxNode): boolean => node['importKind'] === 'type';

/** The module of an import. */
export const sourceOf = (statement: SyntaxNode): string => textIn(statement['source']);

/** The names that an import defines, in their order. */
export const specifiersOf = (statement: SyntaxNode): SyntaxNode[] => nodesIn(statement['specifiers']);

/** The names in the braces of an import. */
export const importedNames = (statement: SyntaxNode): SyntaxNode[] =>
  specifiersOf(statement).filter(({ type }) => type === 'ImportSpecifier');

/** All names that the imports of a file define. */
export const bindingsOf = ({ body }: Syntax): Binding[] =>
  body.filter(isImport).flatMap((statement) =>
    specifiersOf(statement).map((specifier) => ({
      local: textIn(specifier['local']),
      module: sourceOf(statement),
      imported: importedName(specifier),
      isType: isTyped(statement) || isTyped(specifier),
    })),
  );

function importedName(specifier: SyntaxNode): string {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*';
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : textIn(specifier['imported']);
}

/** Imports are one element if they have one module and one form: values, types, a namespace, or the effect alone. */
export function importItem(statement: SyntaxNode): Item {
  const specifiers = specifiersOf(statement);
  const isSpace = specifiers.some(({ type }) => type === 'ImportNamespaceSpecifier');
  const form = isTyped(statement)
    ? 'type'
    : isSpace
      ? 'namespace'
      : specifiers.length > 0
        ? 'value'
        : 'effect';
  const key = `${form} ${sourceOf(statement)}`;
  return { start: statement.start, end: statement.end, key, kind: key, shape: shapeOf(statement) };
}

/** Merges the names of an import that both sides changed, or that both added. */
export const settleImport =
  (parse: Parse): Settle =>
  ({ base, next, disk }: Changed) => {
    const owners = namesIn(parse, disk);
    const generated = namesIn(parse, next);
    const before = base
      ? namesIn(parse, base)
      : owners && { ...owners, list: { ...owners.list, pieces: [] } };
    if (!owners || !generated || !before) return undefined;
    if (generated.others !== owners.others && generated.others !== before.others) return undefined;
    const lists = { base: before.list, next: generated.list, disk: owners.list };
    const merged = mergePieces(
      onEachSide(lists, ({ pieces }) => pieces),
      preferValue,
    );
    if (!merged.every(isDecided)) return undefined;
    const names = movedPieces(lists, merged);
    if (!names) return undefined;
    const { start, end } = owners.list;
    const inner = listText(
      owners.list,
      names.flatMap((name) => name.disk ?? []),
    );
    const head = disk.head.slice(0, start) + inner + disk.head.slice(end);
    return { ...disk, head };
  };

/** A value can be used as a type, but not the other way round. */
const preferValue: Settle = ({ next, disk }) => {
  const plain = ({ head }: Piece) => head.trim().replace(/^type\s+/, '');
  if (plain(next) !== plain(disk)) return undefined;
  return /^\s*type\s/.test(disk.head) ? next : disk;
};

interface NamesOfImport {
  /** The names in braces. */
  list: Listing;
  /** The other parts of the statement: a default import, attributes. */
  others: string;
}

function namesIn(parse: Parse, { head }: Piece): NamesOfImport | undefined {
  const syntax = parse(head);
  const statement = syntax?.body[0];
  if (!statement) return undefined;
  const named = importedNames(statement);
  const rest = specifiersOf(statement).filter(({ type }) => type !== 'ImportSpecifier');
  if (named.length === 0) return undefined;
  const start = head.lastIndexOf('{', named[0]?.start) + 1;
  const end = head.indexOf('}', named.at(-1)?.end);
  const items = named.map((node) => ({
    start: node.start,
    end: node.end,
    key: textIn(node['local']),
    kind: node.type,
    shape: shapeOf(node),
  }));
  const place = { text: head, start, end, items, comments: syntax.comments };
  const others = shapeOf([rest, statement['attributes']]);
  return { list: listingOf({ ...place, separator: ',', padding: ' ' }), others };
}
