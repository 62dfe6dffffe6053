import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { Listing, Piece } from '../structure/listing.ts';
import { type Item, listingOf } from '../structure/pieces.ts';
import type { FindLists } from '../structure/unify.ts';

type Yaml = typeof import('yaml');

/** An element of a map or a sequence: its name and its offsets. */
interface Entry {
  key: string;
  kind: string;
  start: number;
  /** After the content, and after its last line. */
  end: number;
  lineEnd: number;
  value: Node | null;
}

/** Loads the package yaml. The lists are all maps and sequences; those in a sequence have a path if their element has a name. */
export async function loadYamlLists(): Promise<FindLists> {
  const yaml = await import('yaml');
  return (text) => {
    const documents = yaml.parseAllDocuments(text, { keepSourceTokens: true });
    const [document] = 'empty' in documents ? [] : documents;
    if (!document || documents.length > 1 || document.errors.length > 0) return undefined;
    const lists = new Map<string, Listing>();
    visit({ yaml, text, lists }, document.contents, { path: '$', start: 0, end: text.length });
    return lists;
  };
}

interface Visit {
  yaml: Yaml;
  text: string;
  lists: Map<string, Listing>;
}

interface Span {
  path: string;
  start: number;
  end?: number;
}

function visit(visiting: Visit, node: Node | null, span: Span): void {
  const { yaml, text, lists } = visiting;
  if (!yaml.isCollection(node) || node.items.length === 0) return;
  const entries = yaml.isMap(node)
    ? node.items.map((pair) => pairEntry(visiting, pair))
    : (node as YAMLSeq<Node>).items.map((item) => itemEntry(visiting, item));
  if (node.flow === true) {
    lists.set(span.path, flowList(text, node, entries));
    return;
  }
  const source = node.srcToken as { indent?: number } | undefined;
  lists.set(span.path, blockList(text, entries, { ...span, column: source?.indent ?? 0 }));
  for (const { key, value, start } of entries) {
    const first = firstStart(visiting, value);
    const line = text.indexOf('\n', start);
    const nested = first !== undefined && line >= 0 && line < first ? line : first;
    if (nested !== undefined) visit(visiting, value, { path: `${span.path}/${key}`, start: nested });
  }
}

/** Where the first element of a block collection starts; 0 for a flow collection, whose brackets are known. */
function firstStart({ yaml, text }: Visit, node: Node | null): number | undefined {
  if (!yaml.isCollection(node)) return undefined;
  const start = node.range?.[0] ?? 0;
  return yaml.isSeq(node) && node.flow !== true ? text.indexOf('-', start) : start;
}

function pairEntry({ yaml, text }: Visit, { key, value }: Pair): Entry {
  const name = key as Node;
  const content = value as Node | null;
  const end = content?.range?.[1] ?? name.range?.[1] ?? 0;
  const label = yaml.isScalar(name) ? String(name.value) : JSON.stringify(name);
  return {
    key: label,
    kind: 'pair',
    start: name.range?.[0] ?? 0,
    end,
    lineEnd: lineEnd(text, end),
    value: content,
  };
}

/** Elements of a sequence are known by their text, or by their name. */
function itemEntry({ yaml, text }: Visit, item: Node): Entry {
  const start = item.range?.[0] ?? 0;
  const name = yaml.isMap(item) ? (item.get('name') ?? item.get('id')) : undefined;
  const key = typeof name === 'string' ? `name:${name}` : JSON.stringify(item);
  const end = item.range?.[1] ?? start;
  return { key, kind: item.constructor.name, start, end, lineEnd: lineEnd(text, end), value: item };
}

function lineEnd(text: string, position: number): number {
  if (text[position - 1] === '\n') return position - 1;
  const end = text.indexOf('\n', position);
  return end < 0 ? text.length : end;
}

function blockList(
  text: string,
  entries: Entry[],
  { start, end, column }: Span & { column: number },
): Listing {
  const pieces: Piece[] = [];
  let position = start;
  for (const entry of entries) {
    const head = text.slice(position, entry.lineEnd);
    pieces.push({ key: entry.key, kind: entry.kind, shape: dedented(head), head, trail: '' });
    position = entry.lineEnd;
  }
  const tail = end === undefined ? '' : text.slice(position, end);
  return {
    start,
    end: position + tail.length,
    pieces,
    separator: '',
    isClosed: false,
    tail,
    outerIndent: '',
    padding: '',
    indent: ' '.repeat(column),
  };
}

function flowList(text: string, node: YAMLMap | YAMLSeq, entries: Entry[]): Listing {
  const [start = 0, end = 0] = node.range ?? [];
  const items = entries.map(({ key, kind, start: from, end: to, value }): Item => {
    return { start: from, end: to, key, kind, shape: JSON.stringify([key, value]) };
  });
  const padding = text[start] === '{' ? ' ' : '';
  return listingOf({ text, start: start + 1, end: end - 1, items, comments: [], separator: ',', padding });
}

/** A text without the indentation that all its lines have, and without white space at its ends. */
function dedented(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.slice(1).map((line) => line.search(/\S/)));
  const cut = Number.isFinite(indent) ? indent : 0;
  return lines.map((line, index) => (index === 0 ? line.trim() : line.slice(cut).trimEnd())).join('\n');
}

/** Returns the comparison of two YAML texts that ignores their layout: white space between values, quotes, flow or block. */
export async function sameYaml(): Promise<(one: string, other: string) => boolean> {
  const yaml = await import('yaml');
  const contentOf = (text: string): string | undefined => {
    const documents = yaml.parseAllDocuments(text);
    if ('empty' in documents || documents.some(({ errors }) => errors.length > 0)) return undefined;
    const comments = text.match(/(?:^|\s)#.*/g) ?? [];
    return JSON.stringify([documents, comments.map((comment) => comment.trim())]);
  };
  return (one, other) => {
    const content = contentOf(one);
    return content !== undefined && content === contentOf(other);
  };
}
