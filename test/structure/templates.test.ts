import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..');
const home = 'generators/rendering/';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const filesIn = (folder: string) =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      path.relative(root, path.join(parentPath, name)).split(path.sep).join('/'),
    );

const all = filesIn('generators');
const templates = all.filter((file) => file.includes('/templates/'));
const sources = all.filter((file) => file.endsWith('.ts') && !file.includes('/templates/'));

/** `file: text` of every place that `pattern` finds. */
const places = (files: string[], pattern: RegExp) =>
  files.flatMap((file) => [...read(file).matchAll(pattern)].map(([text]) => `${file}: ${text.slice(0, 80)}`));

/** Every tag of a template, with its content. */
const tags = templates.flatMap((file) =>
  [...read(file).matchAll(/<%([=_#-]?)([\s\S]*?)[-_]?%>/g)].map(([, kind = '', inside = '']) => ({
    file,
    kind,
    inside,
  })),
);

/**
 * A value enters a file only through `<%= %>`. There, each value goes through `write`, which accepts a name that is plain in
 * every language, a number, or a Code; and only the functions of generators/rendering create Code, from literals and such
 * values.
 */
describe('a template', () => {
  it('is found with its tags', () => {
    assert.ok(templates.length > 50);
    assert.ok(tags.filter(({ kind }) => kind === '=').length > 300);
  });

  it('writes values only with <%= %>', () => {
    assert.deepEqual(
      tags.filter(({ kind }) => kind !== '=' && kind !== '').map(({ file, inside }) => `${file}: ${inside}`),
      [],
    );
    assert.deepEqual(
      places(
        templates.filter((file) => !file.endsWith('.ejs')),
        /<%/g,
      ),
      [],
    );
  });

  it('calls no function that could print a value otherwise', () => {
    const ways =
      /\b(__\w+|include|escapeFn|rethrow|print|constructor|prototype|eval|Function|globalThis|process|import)\b/;
    assert.deepEqual(
      tags.filter(({ inside }) => ways.test(inside)).map(({ file, inside }) => `${file}: ${inside}`),
      [],
    );
  });

  it('names the tag `code` only before a literal', () => {
    assert.deepEqual(
      tags
        .filter(({ inside }) => /\bcode\b(?!`)/.test(inside))
        .map(({ file, inside }) => `${file}: ${inside}`),
      [],
    );
  });

  it('is rendered in one place, and every value goes through `write` there', () => {
    const users = sources.filter((file) => /from 'ejs'|import\('ejs'\)/.test(read(file)));
    assert.deepEqual(users, [`${home}render.ts`]);
    assert.match(read(`${home}render.ts`), /ejs\.compile\([^)]*\bescape: write\b/);
  });
});

describe('source text', () => {
  it('is created only by the functions of generators/rendering', () => {
    const others = sources.filter((file) => !file.startsWith(home));
    assert.deepEqual(places(others, /\bnew Code\b|\bas (unknown as )?Code\b|\bcode\((?!`)/g), []);
    assert.doesNotMatch(read(`${home}code.ts`), /export class/);
  });
});
