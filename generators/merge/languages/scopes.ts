import { declarationIn, expressionKind, staticName, unwrapped } from './code-items.ts';
import { isNode, nodesIn, shapeOf, type Syntax, type SyntaxNode } from './syntax.ts';

/** A name that the code uses, with its offsets. */
export interface Reference {
  name: string;
  start: number;
  end: number;
  /** The functions around it, such as `createService/start`; empty outside of functions. */
  path: string;
  /** A property `{ name }`, which stands for the key too. */
  isShorthand: boolean;
}

/** The names and the forms of the declarations in each function, by its path. Two forms are equal if only the names may differ. */
export type Declared = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The declarations of a file, and the references to names that no scope around them declares. */
export interface Scopes {
  declared: Declared;
  unresolved: readonly Reference[];
}

interface Scope {
  path: string;
  names: Set<string>;
  outer: Scope | undefined;
}

/** Properties of a node that are names, not references. */
const labels: Record<string, RegExp> = {
  MemberExpression: /^property$/,
  OptionalMemberExpression: /^property$/,
  TSQualifiedName: /^right$/,
  ExportSpecifier: /^exported$/,
  LabeledStatement: /^label$/,
  BreakStatement: /^label$/,
  ContinueStatement: /^label$/,
  MetaProperty: /^(?:meta|property)$/,
  TSEnumMember: /^id$/,
};

/** Resolves the names in the code of a file. A name of a type counts like one of a value. */
export function scopesOf({ body }: Syntax): Scopes {
  const declared = new Map<string, Map<string, string>>();
  const unresolved: Reference[] = [];

  const enter = (outer: Scope | undefined, path: string, declarations: Iterable<[string, string]>): Scope => {
    const forms = declared.get(path) ?? new Map<string, string>();
    declared.set(path, forms);
    const names = new Set<string>();
    for (const [name, form] of declarations) {
      names.add(name);
      if (!forms.has(name)) forms.set(name, form);
    }
    return { path, names, outer };
  };

  const refer = (node: SyntaxNode, scope: Scope, isShorthand: boolean) => {
    const name = String(node['name']);
    for (let each: Scope | undefined = scope; each; each = each.outer) if (each.names.has(name)) return;
    const { start } = node;
    unresolved.push({ name, start, end: start + name.length, path: scope.path, isShorthand });
  };

  const visit = (node: SyntaxNode, scope: Scope, name?: string): void => {
    if (node.type === 'ImportDeclaration') return;
    if (/^(?:JSX)?Identifier$/.test(node.type)) refer(node, scope, false);
    const inner = scopeIn(node, scope, name) ?? scope;
    const named = node.type === 'VariableDeclarator' || 'key' in node ? staticName(node) : undefined;
    for (const [property, value] of Object.entries(node)) {
      if (labels[node.type]?.test(property) === true && node['computed'] !== true) continue;
      if (property === 'key' && node['computed'] !== true) continue;
      for (const part of nodesIn(value)) {
        if (node['shorthand'] === true && part.type === 'Identifier') refer(part, inner, true);
        else visit(part, inner, isFunction(part) ? named : undefined);
      }
    }
  };

  const scopeIn = (node: SyntaxNode, scope: Scope, name: string | undefined): Scope | undefined => {
    if (isFunction(node)) {
      const own = name ?? staticName(node);
      return enter(scope, own === undefined ? scope.path : under(scope.path, own), parametersIn(node));
    }
    const statements = node['body'];
    if (Array.isArray(statements) && node.type.endsWith('Statement'))
      return enter(scope, scope.path, declarationsIn(nodesIn(statements)));
    const loop = nodesIn([node['init'], node['left'], node['param']]).flatMap((each) => [
      ...declarationsIn([each]),
      ...(node.type === 'CatchClause' ? namesOfTarget(each, '') : []),
    ]);
    return loop.length > 0 || isNode(node['typeParameters'])
      ? enter(scope, scope.path, [...loop, ...typeParametersIn(node)])
      : undefined;
  };

  const program = enter(undefined, '', [...importedIn(body), ...declarationsIn(body)]);
  for (const statement of body) visit(statement, program);
  return { declared, unresolved };
}

const under = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

const isFunction = ({ type, params }: SyntaxNode): boolean =>
  Array.isArray(params) && /(?:Function(?:Declaration|Expression)?|Method)$/.test(type);

const importedIn = (body: SyntaxNode[]): [string, string][] =>
  body
    .filter(({ type }) => type === 'ImportDeclaration')
    .flatMap(({ specifiers }) => nodesIn(specifiers).flatMap(({ local }) => namesOfTarget(local, 'import')));

/** The names that statements declare, each with the kind of its value and its type. */
const declarationsIn = (statements: SyntaxNode[]): [string, string][] =>
  statements.map(declarationIn).flatMap((statement) => {
    if (statement.type !== 'VariableDeclaration')
      return statement.type.endsWith('Declaration') ? namesOfTarget(statement['id'], statement.type) : [];
    return nodesIn(statement['declarations']).flatMap(({ id, init }) =>
      namesOfTarget(id, `${isNode(init) ? expressionKind(unwrapped(init)) : ''} ${typeOf(id)}`),
    );
  });

function parametersIn(node: SyntaxNode): [string, string][] {
  const parameters = nodesIn(node['params']).flatMap((each, index) =>
    namesOfTarget(each, `parameter ${index} ${typeOf(each)}`),
  );
  const own = node.type === 'FunctionExpression' ? namesOfTarget(node['id'], '') : [];
  return [...parameters, ...typeParametersIn(node), ...own];
}

const typeParametersIn = ({ typeParameters }: SyntaxNode): [string, string][] =>
  isNode(typeParameters)
    ? nodesIn(typeParameters['params']).flatMap(({ name }): [string, string][] =>
        typeof name === 'string' ? [[name, 'type']] : namesOfTarget(name, 'type'),
      )
    : [];

const typeOf = (node: unknown): string =>
  isNode(node) && isNode(node['typeAnnotation']) ? shapeOf(node['typeAnnotation']) : '';

/** The names in the target of a declaration, which may be a pattern. */
function namesOfTarget(target: unknown, form: string): [string, string][] {
  if (!isNode(target)) return [];
  if (target.type === 'Identifier') return [[String(target['name']), form]];
  const parts = ['properties', 'elements', 'value', 'left', 'argument', 'parameter'].map(
    (property) => target[property],
  );
  return parts.flatMap(nodesIn).flatMap((part) => namesOfTarget(part, form));
}
