import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { collectNotices } from './notices.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = path.join(root, 'generators');
/** Each folder with templates is one. */
const generators = readdirSync(source).filter((folder) => existsSync(path.join(source, folder, 'templates')));

/** Declares the CommonJS variables that bundled packages use. */
const commonJsGlobals = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __toPath } from 'node:url';",
  "import { dirname as __toFolder } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __toPath(import.meta.url), __dirname = __toFolder(__filename);',
].join(' ');

/** Inlines the package.json files that Yeoman's packages read beside their code, since a bundle has no such files. */
const inlineYeomanVersions = {
  name: 'inline-yeoman-versions',
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
          .replace(/\b\w*require\w*\('\.\.\/package\.json'\)/g, JSON.stringify({ name, version }));
        return { contents, loader: 'js' };
      },
    );
  },
};

/**
 * Stubs for packages that Yeoman imports and these generators never use. The packages install generators from npm at run time
 * (fly-import, which also declares no license), search folders for generators, parse a command line, prompt with a text editor,
 * run git and other programs, query npm for versions, and read the package.json of other packages.
 */
const unused = {
  'fly-import': 'export class FlyRepository {} export const flyImport = undefined;',
  '@inquirer/external-editor': 'export const editAsync = undefined;',
  globby: 'export const globbySync = undefined;',
  commander: 'export class Command {} export class Option {}',
  'simple-git': 'export const simpleGit = undefined, CheckRepoActions = undefined, CleanOptions = undefined;',
  execa:
    'export const execa = undefined, execaSync = undefined, execaCommand = undefined, execaCommandSync = undefined;',
  'latest-version': 'export default undefined;',
  'read-package-up': 'export const readPackageUpSync = undefined;',
};

const leaveOutUnused = {
  name: 'leave-out-unused',
  setup(hooks) {
    const filter = new RegExp(`^(${Object.keys(unused).join('|')})$`);
    hooks.onResolve({ filter }, ({ path: name }) => ({ path: name, namespace: 'unused' }));
    hooks.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path: name }) => ({
      contents: unused[name],
      loader: 'js',
    }));
  },
};

/** Loads the prompts when the generator asks its first question. */
const loadPromptsLate = {
  name: 'load-prompts-late',
  setup(hooks) {
    hooks.onResolve({ filter: /^inquirer$/ }, ({ importer, resolveDir }) =>
      /[\\/]@yeoman[\\/]adapter[\\/]/.test(importer)
        ? { path: 'inquirer', namespace: 'late', pluginData: resolveDir }
        : undefined,
    );
    hooks.onLoad({ filter: /.*/, namespace: 'late' }, ({ pluginData: resolveDir }) => ({
      contents: `
        export function createPromptModule(options) {
          const ask = async (...question) => (await import('inquirer')).createPromptModule(options)(...question);
          return Object.assign(ask, { prompts: {}, restoreDefaultPrompts: () => undefined });
        }`,
      resolveDir,
      loader: 'js',
    }));
  },
};

/**
 * Builds the command into `outdir`: `create-microservice.js`, which only checks the version of Node, the chunks of the program
 * that it loads, the templates, and the notices of the bundled packages. Resolves when all files are written.
 */
export async function buildGenerators({ outdir = path.join(root, 'dist') } = {}) {
  await rm(outdir, { recursive: true, force: true });
  await Promise.all([buildBundle(outdir, { main: 'generators/cli/main.ts' }), buildEntry(outdir)]);
}

/**
 * Builds the package generator-microservice into `outdir`: the same generators, where Yeoman looks for them
 * (`generators/<name>/index.js`). Resolves when all files are written.
 */
export async function buildYeomanPackage({ outdir = path.join(root, 'dist-yeoman') } = {}) {
  await rm(outdir, { recursive: true, force: true });
  await buildBundle(path.join(outdir, 'dist'), { yeoman: 'generators/cli/yeoman.ts' });
  for (const name of ['app', ...generators]) {
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

/** The program in chunks, the templates, and the notices of the packages within. */
async function buildBundle(outdir, entryPoints) {
  await mkdir(outdir, { recursive: true });
  const program = await buildProgram(outdir, entryPoints);
  for (const generator of generators) await copyTemplates(generator, outdir);
  await cp(path.join(root, 'src', 'runtime', 'docker'), path.join(outdir, 'templates', 'service', 'docker'), {
    recursive: true,
  });
  await writeFile(
    path.join(outdir, 'THIRD-PARTY-NOTICES.txt'),
    collectNotices(root, Object.keys(program.metafile.inputs)),
  );
}

const buildProgram = (outdir, entryPoints) =>
  build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    legalComments: 'none',
    banner: { js: commonJsGlobals },
    plugins: [leaveOutUnused, loadPromptsLate, inlineYeomanVersions],
    logLevel: 'warning',
  });

/** Uses old syntax and no static import, so an old Node can parse the file and print the required version. */
const buildEntry = (outdir) =>
  build({
    absWorkingDir: root,
    entryPoints: { 'create-microservice': 'generators/cli/cli.ts' },
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2015',
    supported: { 'dynamic-import': true },
    logLevel: 'warning',
    plugins: [
      {
        name: 'program-beside-entry',
        setup(hooks) {
          hooks.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: './main.js', external: true }));
        },
      },
    ],
  });

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
