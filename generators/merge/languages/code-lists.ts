import type { Listing } from '../structure/listing.ts';
import { type Item, listingOf } from '../structure/pieces.ts';
import { declarationIn, staticName, propertyItem, blockTitle, unwrapped, valueItem } from './code-items.ts';
import { importItem, leadingImports } from './imports.ts';
import { placedStatement } from './statement-names.ts';
import { isNode, nodesIn, type Syntax, type SyntaxNode } from './syntax.ts';

/** The path of the statements of the file itself. */
const statementsOfFile = '.';
/** The path of the imports at the start of a file. */
export const importsOfFile = 'import';

interface ListPlace {
  start: number;
  end: number;
  items: Item[];
  separator: ',' | '';
  indent?: string;
  /** Its elements have names, so their order seldom matters. */
  isKeyed: boolean;
  isValues?: boolean;
}

/**
 * Finds the lists of a program that a name leads to. A path names declarations, properties, functions and "return", such as
 * `contracts/published` or `createService/return/parts`; a call does not change it. Object literals, types and classes are found
 * always; arrays and statements only if `isNamed` holds for their path. A path with two lists is left out.
 */
export function codeLists(
  text: string,
  { body, comments }: Syntax,
  isNamed: (path: string) => boolean,
): Map<string, Listing> {
  const places: [path: string, place: ListPlace][] = [...statementsIn(body, ''), ...fileIn(text, body)];
  const counts = new Map<string, number>();
  for (const [path] of places) counts.set(path, (counts.get(path) ?? 0) + 1);
  const wanted = places.filter(([path, { isKeyed }]) => counts.get(path) === 1 && (isKeyed || isNamed(path)));
  return new Map(
    wanted.map(([path, place]) => {
      const padding = place.separator === ',' && text[place.start - 1] === '[' ? '' : ' ';
      return [path, listingOf({ ...place, text, comments, padding })];
    }),
  );
}

type Found = [path: string, place: ListPlace][];

/** The imports at the start, and the statements after them. Both have each element on its own line. */
function fileIn(text: string, body: SyntaxNode[]): Found {
  const imports = leadingImports(body);
  const [start, position] = [imports[0]?.start, imports.at(-1)?.end ?? 0];
  const items = body.slice(imports.length).map(placedStatement);
  const lines = { separator: '', indent: '' } as const;
  const code: ListPlace = { ...lines, start: position, end: text.length, items, isKeyed: false };
  if (start === undefined) return [[statementsOfFile, code]];
  const place: ListPlace = { ...lines, start, end: position, items: imports.map(importItem), isKeyed: true };
  return [
    [importsOfFile, place],
    [statementsOfFile, code],
  ];
}

const under = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

const statementsIn = (body: SyntaxNode[], path: string): Found =>
  body.flatMap((statement) => {
    const inner = declarationIn(statement);
    if (inner.type === 'VariableDeclaration')
      return nodesIn(inner['declarations']).flatMap((each) => memberIn(each, each['init'], path));
    if (inner.type === 'ReturnStatement') return valueIn(inner['argument'], under(path, 'return'));
    const title = blockTitle(inner);
    if (title?.startsWith('describe ')) return valueIn(inner['expression'], under(path, title));
    if (inner.type === 'FunctionDeclaration') return memberIn(inner, inner, path);
    return memberIn(inner, inner['body'] ?? inner['typeAnnotation'], path);
  });

function memberIn(named: SyntaxNode, value: unknown, path: string): Found {
  const name = staticName(named);
  return name === undefined ? [] : valueIn(value, under(path, name));
}

/** The lists in an expression, a type or a body. */
function valueIn(value: unknown, path: string): Found {
  if (!isNode(value)) return [];
  const node = unwrapped(value);
  switch (node.type) {
    case 'ObjectExpression':
      return keyedIn(node, 'properties', path);
    case 'TSTypeLiteral':
      return keyedIn(node, 'members', path);
    case 'TSInterfaceBody':
    case 'ClassBody':
      return keyedIn(node, 'body', path);
    case 'ArrayExpression':
      return arrayIn(node, path);
    case 'CallExpression':
    case 'NewExpression':
      return [...calleeIn(node['callee'], path), ...argumentsIn(node, path)];
    case 'TSTypeAnnotation':
      return valueIn(node['typeAnnotation'], path);
    default:
      return functionIn(node, path);
  }
}

/** The object in `Object.values({})` has the elements of an array. */
function argumentsIn(node: SyntaxNode, path: string): Found {
  const found = nodesIn(node['arguments']).flatMap((each) => valueIn(each, path));
  if (!isObjectValues(node['callee'])) return found;
  return found.map(([at, place]) => [at, at === path ? { ...place, isValues: true } : place]);
}

const isObjectValues = (callee: unknown): boolean =>
  isNode(callee) &&
  [callee['object'], callee['property']].every(
    (part, index) => isNode(part) && part['name'] === ['Object', 'values'][index],
  );

/** In `joi.object({}).label('User')` the object is part of the callee. */
const calleeIn = (callee: unknown, path: string): Found =>
  isNode(callee) && callee.type === 'MemberExpression' ? valueIn(callee['object'], path) : [];

const inside = ({ start, end }: SyntaxNode): { start: number; end: number } => ({
  start: start + 1,
  end: end - 1,
});

function keyedIn(node: SyntaxNode, property: string, path: string): Found {
  const members = nodesIn(node[property]);
  const separator = node.type === 'ObjectExpression' ? ',' : '';
  const place: ListPlace = { ...inside(node), items: members.map(propertyItem), separator, isKeyed: true };
  const nested = members.flatMap((member) => {
    const value = member['value'] ?? member['typeAnnotation'];
    return memberIn(member, isNode(value) ? value : member, path);
  });
  return [[path, place], ...nested];
}

/** An array with holes is not a list. */
function arrayIn(node: SyntaxNode, path: string): Found {
  const elements = node['elements'] as unknown[];
  if (!elements.every(isNode)) return [];
  return [[path, { ...inside(node), items: elements.map(valueItem), separator: ',', isKeyed: false }]];
}

/** The statements of a function or a method, or the list that an arrow function returns. */
function functionIn(node: SyntaxNode, path: string): Found {
  const body = node['body'];
  if (!isNode(body)) return [];
  if (body.type !== 'BlockStatement')
    return node.type === 'ArrowFunctionExpression' ? valueIn(body, path) : [];
  const statements = nodesIn(body['body']);
  const place: ListPlace = {
    ...inside(body),
    items: statements.map(placedStatement),
    separator: '',
    isKeyed: false,
  };
  return [[path, place], ...statementsIn(statements, path)];
}
