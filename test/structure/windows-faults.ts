import * as babel from 'prettier/plugins/babel';

interface Node {
  type: string;
  start: number;
  loc: { start: { line: number } };
  end: number;
  [key: string]: unknown;
}

/** Code that fails on Windows. */
export interface WindowsFault {
  /** `file:line`. */
  at: string;
  /** The code. */
  found: string;
  remedy: string;
}

const parse = babel.parsers['babel-ts']?.parse as unknown as (
  text: string,
  options: object,
) => { program: Node };

const remedies = {
  script:
    'On Windows this is a script that Node cannot start. Run process.execPath with the file of the program: npmCommand and installedCommand in scripts/support return it.',
  unknown:
    'On Windows only an .exe starts without a shell. Run process.execPath, or add the call to "allowed" in test/structure/windows.test.ts, with the reason why it works there.',
  shell:
    'cmd.exe on Windows reads quotes, variables and lists in another way. Start the program itself with spawn or execFile.',
  path: 'Windows has no such path. Use os.tmpdir(), os.devNull or stdio: "ignore", or branch on process.platform.',
  pathname: 'On Windows this is "/C:/...". Use fileURLToPath(url).',
  import: 'On Windows "C:\\..." is not a URL. Use import(pathToFileURL(file).href).',
};

const scripts = new Set(['corepack', 'npm', 'npx', 'pnpm', 'yarn']);
const programs = new Set(['docker', 'git', 'powershell.exe', 'taskkill']);
const safeCommands = new Set(['installedCommand', 'npmCommand']);
const shells = new Set(['exec', 'execSync']);
const unixPath = /^\/(bin|dev|etc|proc|tmp|usr|var)(\/|$)/;

/** Every rule needs one of these words; parsing the other files would take long. */
const suspicious =
  /child_process|\bshell\b|\.bin\b|\.pathname\b|\bimport\((?!')|['"`](corepack|npm|npx|pnpm|yarn)['"`]|['"`]\/(bin|dev|etc|proc|tmp|usr|var)\b/;

/** Returns what fails on Windows in one TypeScript or JavaScript file. `file` is only part of the result. */
export function windowsFaults(file: string, text: string): WindowsFault[] {
  if (!suspicious.test(text)) return [];
  const { program } = parse(text, { filepath: file });
  const nodes = nodesIn(program);
  const starters = startersIn(nodes);
  const source = ({ start, end }: Node) => text.slice(start, end);
  const faultOf = (node: Node) =>
    callFault(node, starters) ?? shellFault(node) ?? textFault(node) ?? urlFault(node);
  return nodes.flatMap((node) => {
    const fault = faultOf(node);
    if (fault === undefined) return [];
    return [
      {
        at: `${file}:${node.loc.start.line}`,
        found: source(fault.node).replaceAll(/\s+/g, ' ').slice(0, 80),
        remedy: fault.remedy,
      },
    ];
  });
}

type Found = { node: Node; remedy: string } | undefined;

/** A program that is started; also through a function that passes the program and its parameters on. */
function callFault(node: Node, starters: Set<string>): Found {
  if (node.type !== 'CallExpression') return undefined;
  const args = node['arguments'] as Node[];
  const script = args.find(
    (arg, index) => scripts.has(valueOf(arg) ?? '') && args[index + 1]?.type === 'ArrayExpression',
  );
  if (script) return { node: script, remedy: remedies.script };
  const starter = starterOf(node['callee'] as Node, starters);
  const [program] = args;
  if (starter === undefined || program === undefined) return undefined;
  if (shells.has(starter)) return { node, remedy: remedies.shell };
  return isSafe(program) ? undefined : { node: program, remedy: remedies.unknown };
}

function isSafe(program: Node): boolean {
  if (program.type === 'SpreadElement') {
    const { callee } = program['argument'] as { callee?: Node };
    return safeCommands.has(nameOf(callee) ?? '');
  }
  const { object, property } = program as Node & { object?: Node; property?: Node };
  if (nameOf(object) === 'process' && nameOf(property) === 'execPath') return true;
  return programs.has(valueOf(program) ?? '');
}

function shellFault(node: Node): Found {
  if (node.type !== 'ObjectProperty' || nameOf(node['key'] as Node) !== 'shell') return undefined;
  const value = node['value'] as Node;
  return value.type === 'BooleanLiteral' && value['value'] === false
    ? undefined
    : { node, remedy: remedies.shell };
}

function textFault(node: Node): Found {
  const text = valueOf(node);
  if (text === undefined) return undefined;
  if (/(^|[\\/])\.bin([\\/]|$)/.test(text)) return { node, remedy: remedies.script };
  return unixPath.test(text) ? { node, remedy: remedies.path } : undefined;
}

function urlFault(node: Node): Found {
  if (node.type === 'MemberExpression' && nameOf(node['property'] as Node) === 'pathname') {
    const { callee, arguments: args = [] } = node['object'] as { callee?: Node; arguments?: Node[] };
    if (nameOf(callee) === 'URL' && args.length === 2) return { node, remedy: remedies.pathname };
  }
  const imported = importedBy(node);
  if (imported === undefined || imported.type === 'StringLiteral') return undefined;
  const isUrl = imported.type === 'MemberExpression' && nameOf(imported['property'] as Node) === 'href';
  return isUrl ? undefined : { node, remedy: remedies.import };
}

/** The parameter of `import()`. */
function importedBy(node: Node): Node | undefined {
  if (node.type === 'ImportExpression') return node['source'] as Node;
  if (node.type !== 'CallExpression' || (node['callee'] as Node).type !== 'Import') return undefined;
  return (node['arguments'] as Node[])[0];
}

/** The names under which a file knows the functions of node:child_process. */
function startersIn(nodes: Node[]): Set<string> {
  const starters = new Set<string>();
  for (const node of nodes) {
    if (node.type === 'ImportDeclaration' && isChildProcess(node['source'] as Node))
      for (const each of node['specifiers'] as { local: Node }[]) starters.add(nameOf(each.local) ?? '');
    if (node.type !== 'VariableDeclarator' || !node['init']) continue;
    const init = node['init'] as Node;
    const { id } = node as Node & { id: Node & { properties?: { value: Node }[] } };
    const imported = init.type === 'AwaitExpression' ? importedBy(init['argument'] as Node) : undefined;
    if (imported && isChildProcess(imported))
      for (const property of id.properties ?? []) starters.add(nameOf(property.value) ?? '');
    else if (promisified(init, starters) !== undefined) starters.add(nameOf(id) ?? '');
  }
  return starters;
}

const isChildProcess = (node: Node) => /^(node:)?child_process$/.test(valueOf(node) ?? '');

const starterOf = (callee: Node, starters: Set<string>): string | undefined => {
  const name = nameOf(callee) ?? '';
  return starters.has(name) ? name : promisified(callee, starters);
};

/** The name in `promisify(name)`. */
function promisified(node: Node, starters: Set<string>): string | undefined {
  if (node.type !== 'CallExpression' || nameOf(node['callee'] as Node) !== 'promisify') return undefined;
  const name = nameOf((node['arguments'] as Node[])[0]) ?? '';
  return starters.has(name) ? name : undefined;
}

const nameOf = (node: Node | undefined) =>
  node?.type === 'Identifier' ? (node['name'] as string) : undefined;

/** The text of a literal; in that of a template, `$` stands for a value. */
function valueOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral') return node['value'] as string;
  if (node.type !== 'TemplateLiteral') return undefined;
  return (node['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('$');
}

function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (typeof value !== 'object' || value === null || !('type' in value)) return [];
  return [value as Node, ...Object.values(value).flatMap(nodesIn)];
}

/** Words of a POSIX shell that cmd.exe, which runs the scripts of package.json on Windows, does not know. */
const posixScript =
  /(^|&& *|\|\| *)(\w+=|\.\/|(cat|chmod|cp|export|find|grep|ls|mkdir|mv|rm|sed|sh|sleep|source|test|touch|true|which)\b)|['`$;*]|[^&]&( |$)|\/dev\//;

/** Returns the scripts of a package.json that fail on Windows. */
export function scriptFaults(manifest: string): string[] {
  const { scripts: all = {} } = JSON.parse(manifest) as { scripts?: Record<string, string> };
  return Object.entries(all)
    .filter(([, script]) => posixScript.test(script))
    .map(([name, script]) => `the script "${name}" is "${script}"`);
}

/** Names that Windows gives to devices, with any extension. */
const device = /^(aux|con|nul|prn|com\d|lpt\d)(\.|$)/i;

/** Returns the paths that cannot exist on Windows together. */
export function pathFaults(paths: Iterable<string>): string[] {
  const known = new Set<string>();
  return [...paths].filter((file) => {
    const isTaken = known.has(file.toLowerCase());
    known.add(file.toLowerCase());
    return isTaken || file.split('/').some((name) => device.test(name) || /[<>:"|?*\\]|[. ]$/.test(name));
  });
}
