import assert from 'node:assert/strict';
import { readSource, sourcesOf } from './source-files.ts';

/** Exported names that other files of their package define too, each with the reason. */
const shared: Record<string, Record<string, string>> = {
  'src/runtime': {
    up: 'each table module is a migration',
    down: 'each table module is a migration',
  },
  'src/devkit': {},
  generators: {
    questions: 'each generator asks its own',
    fromStored: 'each generator stores its own answers',
    list: 'a rule of outside data, and a word of the templates',
    text: 'a rule of outside data, and a word of the templates',
  },
};

const declaration =
  /^(export )?(?:default )?(?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type|enum) +(\w+)/gm;

describe('an exported name', () => {
  for (const [folder, allowed] of Object.entries(shared)) {
    const names = new Map<string, { files: Set<string>; isExported: boolean }>();
    for (const file of sourcesOf(folder)) {
      for (const [, exported, name = ''] of readSource(file).matchAll(declaration)) {
        const known = names.get(name) ?? { files: new Set(), isExported: false };
        names.set(name, {
          files: known.files.add(file),
          isExported: known.isExported || exported !== undefined,
        });
      }
    }
    const several = [...names].filter(([, { files, isExported }]) => isExported && files.size > 1);

    it(`of ${folder} is defined at the top level of only one file`, () => {
      assert.ok(names.size > 300, `${names.size} names`);
      const refused = several.filter(([name]) => !(name in allowed));
      assert.deepEqual(
        refused.map(([name, { files }]) => `${name}: ${[...files].join(', ')}`),
        [],
      );
    });

    it(`of ${folder} is listed here only if several files define it`, () => {
      const needed = new Set(several.map(([name]) => name));
      assert.deepEqual(
        Object.keys(allowed).filter((name) => !needed.has(name)),
        [],
      );
    });
  }
});
