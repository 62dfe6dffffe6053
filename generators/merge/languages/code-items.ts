import type { Item } from '../structure/pieces.ts';
import { isNode, nodesIn, shapeOf, type SyntaxNode } from './syntax.ts';

/** Nodes that change neither the name nor the list in them. */
const wrappers = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'AwaitExpression',
]);

/** Returns the expression without `as`, `satisfies`, `!` and `await`. */
export const unwrapped = (node: SyntaxNode): SyntaxNode =>
  wrappers.has(node.type) && isNode(node['expression'] ?? node['argument'])
    ? unwrapped((node['expression'] ?? node['argument']) as SyntaxNode)
    : node;

/** Returns the declaration in an `export`, and any other statement itself. */
export const declarationIn = (statement: SyntaxNode): SyntaxNode =>
  statement.type.startsWith('Export') && isNode(statement['declaration'])
    ? statement['declaration']
    : statement;

/** The static name of a property, a member or a declaration. */
export function staticName(node: SyntaxNode): string | undefined {
  const named = node['key'] ?? node['id'];
  if (!isNode(named) || node['computed'] === true) return undefined;
  const name = named['name'] ?? named['value'];
  return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined;
}

const base = (node: SyntaxNode, key: string | undefined, kind: string): Item => {
  const shape = shapeOf(node);
  return { start: node.start, end: node.end, key: key ?? shape, kind, shape };
};

/** A property of an object, a type or a class: the name is the key. */
export const propertyItem = (node: SyntaxNode): Item => {
  const item = base(node, staticName(node), node.type);
  if (node.type === 'SpreadElement') return { ...item, isSpread: true };
  return isNode(node['value']) ? { ...item, form: formOf(node['value']) } : item;
};

/** An element of an array: the code is the key. */
export const valueItem = (node: SyntaxNode): Item => base(node, undefined, expressionKind(node));

/** Returns the name and the title of a block of tests, such as `describe POST`. A path has no "/" in a name. */
export function blockTitle({ type, expression }: SyntaxNode): string | undefined {
  if (type !== 'ExpressionStatement' || !isNode(expression) || !isNode(expression['callee']))
    return undefined;
  const { name } = expression['callee'];
  const title = nodesIn(expression['arguments'])[0]?.['value'];
  const isBlock = (name === 'describe' || name === 'it') && typeof title === 'string';
  return isBlock ? `${name} ${title.replaceAll('/', ' ')}` : undefined;
}

const endings = new Set(['ReturnStatement', 'ThrowStatement']);

/** A statement: the declared name or the title is the key, and else the code. */
export function statementItem(node: SyntaxNode): Item {
  if (node.type === 'ReturnStatement') return { ...base(node, 'return', node.type), isLast: true };
  const inner = declarationIn(node);
  const names = nodesIn(inner['declarations']).map((each) => staticName(each) ?? shapeOf(each['id']));
  const name = names.length > 0 ? names.join() : (staticName(inner) ?? blockTitle(inner));
  const kind =
    inner.type === 'ExpressionStatement'
      ? expressionKind(inner['expression'] as SyntaxNode)
      : declarationKind(inner);
  const item = base(node, name === undefined ? undefined : `${inner.type} ${name}`, kind);
  return endings.has(node.type) ? { ...item, isLast: true } : item;
}

/** The kind of an expression, with the kinds of its arguments. */
function formOf(node: SyntaxNode): string {
  const given = nodesIn(unwrapped(node)['arguments']).map(({ type }) => type);
  return [expressionKind(node), ...given].join(' ');
}

/** Declarations whose values are of one kind are of one kind. */
function declarationKind(node: SyntaxNode): string {
  const values = nodesIn(node['declarations']).map(({ init }) => (isNode(init) ? expressionKind(init) : ''));
  return [node.type, ...values].join(' ');
}

/** Calls of one function, and other nodes of one type, are of one kind. */
export function expressionKind(node: SyntaxNode): string {
  const inner = unwrapped(node);
  return inner.type === 'CallExpression' || inner.type === 'NewExpression'
    ? `${inner.type} ${shapeOf(inner['callee'])}`
    : inner.type;
}
