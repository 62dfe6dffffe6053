import type { PieceNames } from '../structure/listing.ts';
import type { Item } from '../structure/pieces.ts';
import { declarationIn, statementItem, unwrapped } from './code-items.ts';
import { namesInNodes } from './names-in-code.ts';
import { isNode, nodesIn, shapeOf, type SyntaxNode } from './syntax.ts';

/** A statement with the names that decide where it may stand. */
export const placedStatement = (node: SyntaxNode): Item => ({
  ...statementItem(node),
  names: statementNames(node),
});

function statementNames(statement: SyntaxNode): PieceNames {
  const declared = declaredIn(declarationIn(statement));
  const used = namesInNodes(statement);
  for (const name of declared) used.delete(name);
  const shapeWith = (names: ReadonlyMap<string, string>) => shapeOf(statement, names);
  return { declared, used, changes: changesIn(statement), shapeWith };
}

/** Returns the names that a declaration declares. */
export function declaredIn(declaration: SyntaxNode): string[] {
  const targets = [...nodesIn(declaration['declarations']).map(({ id }) => id), declaration['id']];
  return targets.filter(isNode).flatMap((target) => [...namesInNodes(withoutType(target))]);
}

const withoutType = ({ typeAnnotation: _type, ...target }: SyntaxNode): SyntaxNode => target;

/** A call of a method, as a statement, changes its object. */
function changesIn({ type, expression }: SyntaxNode): string[] {
  if (type !== 'ExpressionStatement' || !isNode(expression)) return [];
  const callee = unwrapped(expression)['callee'];
  if (!isNode(callee) || !isNode(callee['object']) || !isNode(callee['property'])) return [];
  const [object, method] = [callee['object']['name'], callee['property']['name']];
  return typeof object === 'string' && typeof method === 'string' ? [`${object}.${method}`] : [];
}
