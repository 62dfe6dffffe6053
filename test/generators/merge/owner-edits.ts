import fc from 'fast-check';
import type { Texts } from '../../../generators/merge/plan.ts';

/** One change by the owner of a service. */
export interface Edit {
  title: string;
  apply(files: Map<string, string>): void;
}

/** Changes the text of a file that exists. */
function change(files: Map<string, string>, file: string, edit: (text: string) => string): void {
  const text = files.get(file);
  if (text !== undefined) files.set(file, edit(text));
}

const inFile = (file: string, title: string, edit: (text: string) => string): Edit => ({
  title: `${title} in ${file}`,
  apply: (files) => change(files, file, edit),
});

const app = 'src/app.ts';
const replace = (from: string | RegExp, to: string) => (text: string) => text.replace(from, () => to);

/** Edits of the corpus of issue "A service that grows", as functions. */
const plain: Edit[] = [
  inFile(app, 'an own router', (text) =>
    text
      .replace(
        /\n\nconst info/,
        "\nimport { createMineRouter } from './routers/mine-router.ts';\n\nconst info",
      )
      .replace(/\n\n {2}const app =/, '\n\n  routers.push(createMineRouter(database));\n\n  const app ='),
  ),
  inFile(app, 'an own part', replace('bus, server]', 'bus, server, mine()]')),
  inFile(app, 'another logger', (text) =>
    text.replace(
      "import { connectDatabase, createEventBus, createLogger, databasePart } from 'microservice-runtime';",
      "import { connectDatabase, createEventBus, databasePart } from 'microservice-runtime';\nimport { createLogger } from './logger.ts';",
    ),
  ),
  inFile(
    app,
    'own middleware',
    replace('routers, database, bus });', 'routers, middleware: [mine], database, bus });'),
  ),
  inFile(app, 'imports in reverse order', (text) => {
    const imports = text.match(/^import .*\n/gm) ?? [];
    return text.replace(imports.join(''), imports.toReversed().join(''));
  }),
  inFile(app, 'a comment between', replace('  const bus =', '  // mine: one bus for all\n  const bus =')),
  inFile(app, 'a wrapped service', (text) =>
    text.replace(/publish: (create\w+Publisher\(bus\)),/, 'publish: mine($1),'),
  ),
  inFile(app, 'a wrapped application', (text) =>
    text.replace(/const app = (createHttpApp\(.*\));/, 'const inner = $1;\n  const app = mine(inner);'),
  ),
  inFile(app, 'a renamed application and server', (text) =>
    text
      .replace('const app =', 'const mine =')
      .replace('const server = httpServer(app,', 'const web = httpServer(mine,')
      .replace('bus, server,', 'bus, server: web,')
      .replace('bus, server]', 'bus, web]'),
  ),
  inFile('src/events/contracts.ts', 'an own event', (text) =>
    text
      .replace(/\n\n\/\*\*/, "\nimport * as mineEvents from './mine-events.ts';\n\n/**")
      .replace('Object.values({\n', 'Object.values({\n    ...mineEvents,\n'),
  ),
  inFile(
    'src/routers/user-router.ts',
    'an own route',
    replace(
      '  return router;',
      "  router.get('/mine', { summary: 'Mine' }, async (_, res) => {\n    res.json(await users.mine());\n  });\n\n  return router;",
    ),
  ),
  inFile('src/services/user-service.ts', 'a renamed method', (text) => text.replace('  list:', '  mine:')),
  inFile(
    'src/events/user-events.ts',
    'an own event',
    (text) =>
      `${text}export const userMine = defineEvent({ ...stream, type: 'user.mine', version: 1, schema: userSchema });\n`,
  ),
  inFile('src/models/user.ts', 'an own field', (text) =>
    text.replace(/(interface NewUser \{\n)/, '$1  mine?: string;\n'),
  ),
  inFile('.env.example', 'another port', replace('PORT=8001', 'PORT=9001')),
  inFile('.env.example', 'an own variable', (text) => `${text}# mine\nMINE=1\n`),
  inFile('package.json', 'an own script', replace('    "dev":', '    "deploy": "mine",\n    "dev":')),
  inFile('package.json', 'a newer dependency', replace('"joi": "^18.1.0"', '"joi": "^18.9.0"')),
  inFile(
    'package.json',
    'own dependencies',
    replace('"express": "^5.1.0"', '"express": "^5.1.0",\n    "mine": "^1.0.0"'),
  ),
  inFile(
    'docker-compose.yml',
    'an own service',
    replace('\nvolumes:', '\n  mine:\n    image: mine\n\nvolumes:'),
  ),
  inFile('k8s/deployment.yaml', 'more replicas', replace('replicas: 3', 'replicas: 5 # mine')),
  inFile('Dockerfile', 'an own line', (text) => `# mine\n${text}`),
  inFile('README.md', 'an own section', (text) => `${text}\n## Mine\n\nMine.\n`),
  inFile('tsconfig.json', 'an own option', replace('"noEmit": true', '"noEmit": true,\n    "mine": true')),
  inFile('.gitignore', 'an own pattern', (text) => `${text}mine\n`),
  { title: 'a deleted test', apply: (files) => void files.delete('test/user-router.test.ts') },
  { title: 'a new file', apply: (files) => void files.set('src/mine.ts', 'export const mine = 1;\n') },
];

/** Line ends and the end of the file. */
const surface: Edit[] = [app, 'package.json', 'docker-compose.yml', '.env.example'].flatMap((file) => [
  inFile(file, 'CR LF', (text) => text.replaceAll(/\r?\n/g, '\r\n')),
  inFile(file, 'no final line end', (text) => text.replace(/\r?\n$/, '')),
  inFile(file, 'a byte order mark', (text) => (text.startsWith('\uFEFF') ? text : `\uFEFF${text}`)),
]);

/** A comment of its own between any two lines of any source. */
const comments: fc.Arbitrary<Edit> = fc
  .record({
    line: fc.nat(60),
    file: fc.constantFrom(
      app,
      'src/events/contracts.ts',
      'src/schemas/user-schema.ts',
      'src/services/user-service.ts',
      'src/repositories/user-repository.ts',
    ),
  })
  .map(({ line, file }) =>
    inFile(file, `a comment at line ${line}`, (text) => {
      const lines = text.split('\n');
      return lines.toSpliced(Math.min(line, lines.length - 1), 0, `// mine ${line}`).join('\n');
    }),
  );

/** Any edits, in any order. */
export const ownerEdits: fc.Arbitrary<Edit[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...plain) },
    { weight: 1, arbitrary: fc.constantFrom(...surface) },
    { weight: 2, arbitrary: comments },
  ),
  { maxLength: 6 },
);

export const everyEdit: readonly Edit[] = [...plain, ...surface];

/** Returns the files with the edits. */
export function edited(files: Texts, edits: readonly Edit[]): Map<string, string> {
  const result = new Map(files);
  for (const edit of edits) edit.apply(result);
  return result;
}
