import { isNode, type Syntax, type SyntaxNode } from './syntax.ts';

/** Returns the names that the code of a file uses or declares, without its imports and the names of properties. */
export const namesInCode = ({ body }: Syntax): Set<string> => namesInNodes(body);

/** Returns the names that some nodes use or declare. */
export function namesInNodes(nodes: SyntaxNode | readonly SyntaxNode[]): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value) || value.type === 'ImportDeclaration') return;
    if (/^(?:JSX)?Identifier$/.test(value.type)) names.add(String(value['name']));
    for (const [property, part] of Object.entries(value)) {
      if (!isPropertyName(value, property)) visit(part);
    }
  };
  visit(nodes);
  return names;
}

const isPropertyName = (node: SyntaxNode, property: string): boolean =>
  node['computed'] !== true &&
  ((property === 'key' && node['shorthand'] !== true) ||
    (property === 'property' && node.type.endsWith('MemberExpression')));
