import { fileURLToPath } from 'node:url';

/** Packages that most runs never use, each with its file in the bundle. */
const files = {
  inquirer: 'late/inquirer.js',
  ora: 'late/ora.js',
  '@yeoman/conflicter': 'late/conflicter.js',
  'prettier/standalone': 'late/prettier.js',
  'prettier/plugins/babel': 'late/prettier-babel.js',
  'prettier/plugins/estree': 'late/prettier-estree.js',
  'prettier/plugins/markdown': 'late/prettier-markdown.js',
  yaml: 'late/yaml.js',
};

/** The entry points of a build that writes these files. */
export const lateEntries = Object.entries(files).map(([name, file]) => ({
  in: fileURLToPath(import.meta.resolve(name)),
  out: file.replace(/\.js$/, ''),
}));

/** Stand-ins for the packages that Yeoman imports when it starts: their functions load the package when Yeoman calls them. */
const standIns = {
  inquirer: `
    export function createPromptModule(options) {
      const ask = async (...question) => require('inquirer').createPromptModule(options)(...question);
      return Object.assign(ask, { prompts: {}, restoreDefaultPrompts: () => undefined });
    }`,
  ora: `
    export default function ora(options) {
      let spinner;
      const loaded = () => (spinner ??= require('ora').default(options));
      return {
        get isSpinning() { return spinner !== undefined && spinner.isSpinning; },
        get suffixText() { return loaded().suffixText; },
        set suffixText(text) { loaded().suffixText = text; },
        start: (text) => loaded().start(text),
        succeed: (text) => loaded().succeed(text),
        stop: () => loaded().stop(),
      };
    }`,
  '@yeoman/conflicter': `
    export const createConflicterTransform = (...all) => require('@yeoman/conflicter').createConflicterTransform(...all);
    export const createYoResolveTransform = (...all) => require('@yeoman/conflicter').createYoResolveTransform(...all);
    export const forceYoFiles = (...all) => require('@yeoman/conflicter').forceYoFiles(...all);`,
};

export const loadLate = {
  name: 'load-late',
  setup(hooks) {
    const filter = new RegExp(`^(${Object.keys(files).join('|')})$`);
    hooks.onResolve({ filter }, ({ path: name, kind }) =>
      kind === 'import-statement'
        ? { path: name, namespace: 'late' }
        : { path: `./${files[name]}`, external: true },
    );
    hooks.onLoad({ filter: /.*/, namespace: 'late' }, ({ path: name }) => {
      if (standIns[name]) return { contents: standIns[name], loader: 'js' };
      return { errors: [{ text: `${name} would load at the start: import it with import()` }] };
    });
  },
};
