/**
 * Stubs for packages that Yeoman imports and these generators never use. The packages install generators from npm at run time
 * (fly-import, which also declares no license), search folders for generators, parse a command line, prompt with a text editor,
 * run git and other programs, query npm for versions, and read the package.json of other packages.
 */
const everywhere = {
  'fly-import': 'export class FlyRepository {} export const flyImport = undefined;',
  '@inquirer/external-editor': 'export const editAsync = undefined;',
  globby: 'export const globbySync = undefined;',
  commander: 'export class Command {} export class Option {}',
  'simple-git': 'export const simpleGit = undefined, CheckRepoActions = undefined, CleanOptions = undefined;',
  execa:
    'export const execa = undefined, execaSync = undefined, execaCommand = undefined, execaCommandSync = undefined;',
  'latest-version': 'export default undefined;',
  'read-package-up': 'export const readPackageUpSync = undefined;',
  'which-package-manager': 'export const whichPackageManager = undefined;',
};

/**
 * Stubs for packages that Yeoman's file system in memory imports and these generators never use. The packages find files by
 * patterns, render templates, merge JSON and read files as streams; the generators only write texts.
 */
const inMemory = {
  commondir: 'export default undefined;',
  'deep-extend': 'export default undefined;',
  ejs: 'export default undefined;',
  minimatch: 'export const minimatch = undefined, Minimatch = undefined;',
  multimatch: 'export default undefined;',
  'strip-bom-stream': 'export default undefined;',
  teex: 'module.exports = undefined;',
  tinyglobby: 'export const glob = undefined, globSync = undefined, isDynamicPattern = undefined;',
};

/** The two functions that Yeoman uses; the entry of the package loads about fifty files. */
const semver = `
  import lte from 'semver/functions/lte.js';
  import valid from 'semver/functions/valid.js';
  export { lte, valid };`;

const isMemory = (importer) => /node_modules[\\/](?:mem-fs-editor|vinyl|vinyl-file)[\\/]/.test(importer);
const isYeoman = (importer) => /node_modules[\\/]yeoman-(?:generator|environment)[\\/]/.test(importer);

export const leaveOutUnused = {
  name: 'leave-out-unused',
  setup(hooks) {
    hooks.onResolve({ filter: /^[@\w]/ }, ({ path: name, importer }) => {
      const isUnused =
        Object.hasOwn(everywhere, name) || (isMemory(importer) && Object.hasOwn(inMemory, name));
      return isUnused ? { path: name, namespace: 'unused' } : undefined;
    });
    hooks.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path: name }) => ({
      contents: everywhere[name] ?? inMemory[name],
      loader: 'js',
    }));
    hooks.onResolve({ filter: /^semver$/ }, ({ importer, resolveDir }) =>
      isYeoman(importer) ? { path: 'semver', namespace: 'part', pluginData: resolveDir } : undefined,
    );
    hooks.onLoad({ filter: /.*/, namespace: 'part' }, ({ pluginData: resolveDir }) => ({
      contents: semver,
      resolveDir,
      loader: 'js',
    }));
  },
};
