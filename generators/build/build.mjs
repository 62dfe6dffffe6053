import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { lateEntries, loadLate } from './late.mjs';
import { collectNotices } from './notices.mjs';
import { leaveOutUnused } from './unused.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = path.join(root, 'generators');
/** Each folder with templates is one. */
const generators = readdirSync(source).filter((folder) => existsSync(path.join(source, folder, 'templates')));

/** Makes the bundle strict, and defines its URL, as in an ECMAScript module. */
const moduleGlobals = '"use strict"; const __moduleUrl = require("node:url").pathToFileURL(__filename).href;';

/**
 * Inlines the package.json files that Yeoman's packages read next to their code, since a bundle has no such files. Removes the
 * property of Yeoman's generators that holds all of lodash, since lodash takes long to load.
 */
const prepareYeoman = {
  name: 'prepare-yeoman',
  setup(hooks) {
    hooks.onLoad(
      { filter: /node_modules[\\/]yeoman-(generator|environment)[\\/]dist[\\/].*\.js$/ },
      ({ path: file }) => {
        const manifest = path.join(file.replace(/([\\/]yeoman-\w+[\\/]).*/, '$1'), 'package.json');
        const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'));
        const contents = readFileSync(file, 'utf8')
          .replace(
            /JSON\.parse\(readFileSync\([^;]*package\.json'\)[^;]*\)\);?$/gm,
            `${JSON.stringify({ name, version })};`,
          )
          .replace(/\b\w*require\w*\('\.\.\/package\.json'\)/g, JSON.stringify({ name, version }))
          .replace(/^ +_ = _;$/m, '');
        return { contents, loader: 'js' };
      },
    );
  },
};

/**
 * Builds the command into `outdir`: `create-microservice.js`, which only checks the version of Node, `start.js`, which loads the program
 * `main.js`, the files that the program loads at their first use, the templates, and the notices of the bundled packages. Resolves
 * when all files are written.
 */
export async function buildGenerators({ outdir = path.join(root, 'dist') } = {}) {
  await rm(outdir, { recursive: true, force: true });
  const entryPoints = { main: 'generators/cli/main.ts', start: 'generators/cli/start.ts' };
  await buildBundle(outdir, entryPoints);
  await buildEntry(outdir);
}

/**
 * Builds the package generator-microservice into `outdir`: the same generators, where Yeoman looks for them
 * (`generators/<name>/index.js`). Resolves when all files are written.
 */
export async function buildYeomanPackage({ outdir = path.join(root, 'dist-yeoman') } = {}) {
  await rm(outdir, { recursive: true, force: true });
  await buildBundle(path.join(outdir, 'dist'), { yeoman: 'generators/cli/yeoman.ts' });
  const { names } = await import(pathToFileURL(path.join(outdir, 'dist', 'yeoman.js')).href);
  for (const name of names) {
    const folder = path.join(outdir, 'generators', name);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'index.js'), yeomanEntry(name));
  }
  await cp(path.join(source, 'build', 'package'), outdir, { recursive: true });
  await cp(path.join(root, 'LICENSE'), path.join(outdir, 'LICENSE'));
  await writeFile(path.join(outdir, 'package.json'), `${JSON.stringify(yeomanManifest(), null, 2)}\n`);
}

/** Yeoman calls `createGenerator` when it needs the generator. */
const yeomanEntry = (name) =>
  `import { load } from '../../dist/yeoman.js';\n\nexport const createGenerator = () => load('${name}');\n`;

function yeomanManifest() {
  const { version, description, license, engines, keywords } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  return {
    name: 'generator-microservice',
    version,
    description,
    license,
    type: 'module',
    engines,
    keywords: ['yeoman-generator', ...keywords],
    files: ['dist', 'generators'],
  };
}

/** Writes the program, the files that it loads at their first use, the templates, and the notices of the bundled packages. */
async function buildBundle(outdir, entryPoints) {
  await mkdir(outdir, { recursive: true });
  const programs = await Promise.all(
    [entryPoints, lateEntries].map((entries) => buildProgram(outdir, entries)),
  );
  await writeFile(path.join(outdir, 'package.json'), '{ "type": "commonjs" }\n');
  for (const generator of generators) await copyTemplates(generator, outdir);
  await cp(path.join(root, 'src', 'runtime', 'docker'), path.join(outdir, 'templates', 'service', 'docker'), {
    recursive: true,
  });
  const inputs = programs.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(path.join(outdir, 'THIRD-PARTY-NOTICES.txt'), collectNotices(root, inputs));
}

/** Builds CommonJS: Node loads it faster than ECMAScript modules, and `start.js` can store its compiled form. */
const buildProgram = (outdir, entryPoints) =>
  build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__moduleUrl', 'import.meta.dirname': '__dirname' },
    legalComments: 'none',
    banner: { js: moduleGlobals },
    plugins: [leaveOutUnused, prepareYeoman, ...(Array.isArray(entryPoints) ? [] : [loadLate])],
    logLevel: 'warning',
  });

/** Uses old syntax, so an old Node can parse the file and print the required version. */
async function buildEntry(outdir) {
  const source = readFileSync(path.join(root, 'generators', 'cli', 'cli.ts'), 'utf8');
  const { code } = await transform(source, {
    loader: 'ts',
    target: 'es2015',
    supported: { 'dynamic-import': true },
  });
  const entry = code
    .replace('import("./main.ts")', 'Promise.resolve(require("./start.js"))')
    .replace('program.main(', 'program.start(');
  if (!/require\(.*program\.start\(/s.test(entry))
    throw new Error('generators/cli/cli.ts does not import main.ts as the build expects');
  await writeFile(path.join(outdir, 'create-microservice.js'), entry);
}

async function copyTemplates(generator, outdir) {
  const from = path.join(root, 'generators', generator, 'templates');
  const files = await readdir(from, { recursive: true });
  const dropped = files.filter((file) => /^\.(gitignore|npmrc|npmignore)$/.test(path.basename(file)));
  if (dropped.length > 0) {
    throw new Error(
      `npm does not pack ${dropped.join(', ')} in ${from}; write the dot as "_", which the generator converts back`,
    );
  }
  await cp(from, path.join(outdir, 'templates', generator), { recursive: true });
}

// node generators/build/build.mjs [outdir [outdir of generator-microservice]]
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , outdir, yeomanOutdir] = process.argv;
  await buildGenerators({ outdir });
  if (yeomanOutdir) await buildYeomanPackage({ outdir: yeomanOutdir });
}
