import { isNode, nodesIn, type Syntax, type SyntaxNode } from '../merge/languages/syntax.ts';
import { spliced, type Splice } from './splice.ts';
import type { Upgrade } from './upgrade.ts';

const name = 'decimalString';

/** The default of 0.2.0 was that of a column `numeric(20, 6)`. Since 0.3.0, a call without a scale accepts any decimal. */
export const decimalString: Upgrade = {
  number: 1,
  since: '0.3.0',
  title: 'decimalString() states the digits of its column',
  change: (text, parse) => {
    const syntax = parse(text);
    const local = syntax && localName(syntax);
    if (!syntax || local === undefined) return text;
    return spliced(
      text,
      callsOf(local, syntax.body).flatMap((call) => missingArguments(call)),
    );
  },
};

/** Returns the name that the file gives to the import. */
function localName({ body }: Syntax): string | undefined {
  const imports = body.filter(
    ({ type, source }) => type === 'ImportDeclaration' && valueOf(source) === 'microservice-runtime',
  );
  const specifiers = imports.flatMap(({ specifiers }) => nodesIn(specifiers));
  const found = specifiers.find(({ imported }) => isNode(imported) && imported['name'] === name);
  return found && isNode(found['local']) ? String(found['local']['name']) : undefined;
}

const valueOf = (node: unknown): unknown => (isNode(node) ? node['value'] : undefined);

function callsOf(local: string, nodes: readonly SyntaxNode[]): SyntaxNode[] {
  return nodes.flatMap((node) => {
    const inner = Object.entries(node).flatMap(([property, value]) =>
      property === 'loc' ? [] : nodesIn(value),
    );
    const { type, callee } = node;
    const isCall =
      type === 'CallExpression' && isNode(callee) && callee.type === 'Identifier' && callee['name'] === local;
    return [...(isCall ? [node] : []), ...callsOf(local, inner)];
  });
}

function missingArguments(call: SyntaxNode): Splice[] {
  const given = nodesIn(call['arguments']);
  const [precision] = given;
  if (given.length > 1 || precision?.type === 'SpreadElement') return [];
  if (precision) return [{ start: precision.end, end: precision.end, text: ', 6' }];
  const end = call.end - 1;
  return [{ start: end, end, text: '20, 6' }];
}
