import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { merged } from './support.ts';

type Case = [title: string, base: string, disk: string, next: string];

/** Each word is a line. */
const words: Case[] = [
  ['two additions apart', 'a b c d', 'a x b c d', 'a b c y d'],
  ['two additions at one place', 'a b', 'a x b', 'a y b'],
  ['two additions at the start', 'a b', 'x a b', 'y a b'],
  ['two additions at the end', 'a b', 'a b x', 'a b y'],
  ['the same addition', 'a b', 'a x b', 'a x b'],
  ['the same addition and another one', 'a b', 'a x b', 'a x y b'],
  ['changes of neighbors', 'a b c d', 'a B c d', 'a b C d'],
  ['changes with a line between', 'a b c d', 'A b c d', 'a b C d'],
  ['changes of one line', 'a b c', 'a x c', 'a y c'],
  ['the same change', 'a b c', 'a x c', 'a x c'],
  ['a deletion and a change', 'a b c', 'a c', 'a y c'],
  ['a deletion and a change of the neighbor', 'a b c d', 'a c d', 'a b C d'],
  ['a deletion and a change apart', 'a b c d e', 'a c d e', 'a b c d E'],
  ['the same deletion', 'a b c', 'a c', 'a c'],
  ['an addition next to a deletion', 'a b c', 'a c', 'a b y c'],
  ['overlapping deletions', 'a b c d e', 'a d e', 'a b e'],
  ['a moved line', 'a b c d e', 'd a b c e', 'a b c d e f'],
  ['a moved line that changed', 'a b c d e', 'd a b c e', 'a b c D e'],
  ['repeated lines, an addition of each side', '{ a } { b }', '{ a } { x } { b }', '{ a } { b } { y }'],
  ['repeated lines, additions at one place', '{ a } { b }', '{ a } { x } { b }', '{ a } { y } { b }'],
  ['repeated lines, a deletion', '{ a } { b } { c }', '{ a } { c }', '{ a } { b } { C }'],
  ['all deleted', 'a b c', '', 'a b c d'],
  ['two changes, one conflict', 'a b c d e f g', 'A b c d x f g', 'a b c d y f G'],
  ['two conflicts', 'a b c d e', 'x b c d x', 'y b c d y'],
  ['a larger and a smaller change', 'a b c d e', 'a x y z e', 'a b C d e'],
];

const lists = ['create', 'parts'];
const body = (...lines: string[]) => `function create() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
const imports = (...names: string[]) =>
  `${names.map((name) => `import ${name} from '${name}';\n`).join('')}\nstart();\n`;
const parts = (...names: string[]) => `const parts = [${names.join(', ')}];\nstart();\n`;

const code: Case[] = [
  ['imports at one place', imports('a', 'z'), imports('a', 'm', 'z'), imports('a', 'b', 'z')],
  [
    'an import and a removed neighbor',
    imports('a', 'b', 'z'),
    imports('a', 'z'),
    imports('a', 'b', 'c', 'z'),
  ],
  [
    'names of one import',
    `import { a } from 'm';\n`,
    `import { a, x } from 'm';\n`,
    `import { a, y } from 'm';\n`,
  ],
  ['elements of an array', parts('a'), parts('a', 'm'), parts('a', 'b')],
  ['an element and a changed one', parts('f(a)'), parts('f(a, m)'), parts('f(a)', 'b')],
  ['one element', parts('f(a)'), parts('f(m)'), parts('f(b)')],
  [
    'statements at one place',
    body('a();', 'z();'),
    body('a();', 'm();', 'z();'),
    body('a();', 'b();', 'z();'),
  ],
  [
    'a statement and a changed one',
    body('const a = f();'),
    body('const a = f(m);'),
    body('const a = f();', 'b();'),
  ],
  ['one statement', body('const a = f();'), body('const a = f(m);'), body('const a = f(b);')],
  ['a wrapped body', body('a();'), body('if (m) {', '  a();', '}'), body('a();', 'b();')],
  ['properties', 'const o = { a: 1 };\n', 'const o = { a: 1, m: 2 };\n', 'const o = { a: 1, b: 2 };\n'],
  ['one property', 'const o = { a: 1 };\n', 'const o = { a: 2 };\n', 'const o = { a: 3 };\n'],
  [
    'methods of a class',
    'class A {\n  a() {}\n}\n',
    'class A {\n  a() {}\n  m() {}\n}\n',
    'class A {\n  a() {}\n  b() {}\n}\n',
  ],
  ['code that does not parse', 'a(\nb(\nc(\n', 'a(\nm(\nc(\n', 'a(\nx(\nc(\n'],
  [
    'functions in a file',
    'function a() {}\n',
    'function a() {}\nfunction m() {}\n',
    'function a() {}\nfunction b() {}\n',
  ],
];

describe('a merge has no more conflicts than git merge-file', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-'));
  after(() => rmSync(folder, { recursive: true }));

  /** Returns the number of conflicts, which is the exit code. */
  function conflictsOfGit([, base, disk, next]: Case): number {
    const files = Object.entries({ disk, base, next }).map(([name, text]) => {
      writeFileSync(path.join(folder, name), text);
      return name;
    });
    const { status, stderr } = spawnSync('git', ['merge-file', '-p', '--diff3', ...files], { cwd: folder });
    assert.ok(status !== null && status < 128, String(stderr));
    return status;
  }

  const linesOf = (text: string) =>
    text
      .split(' ')
      .map((word) => (word === '' ? '' : `${word}\n`))
      .join('');
  const all: [file: string, Case][] = [
    ...words.map(([title, ...texts]): [string, Case] => [
      'text.md',
      [title, ...(texts.map(linesOf) as [string, string, string])],
    ]),
    ...code.map((each): [string, Case] => ['code.ts', each]),
  ];
  let [ours, those] = [0, 0];

  for (const [file, each] of all) {
    it(`for ${each[0]}`, async () => {
      const [, base, disk, next] = each;
      const { conflicts, text } = await merged(file, [base, disk, next], { lists });
      const most = conflictsOfGit(each);
      assert.ok(conflicts <= most, `${conflicts} conflicts, git ${most}:\n${text}`);
      ours += conflicts;
      those += most;
    });
  }

  it(`and fewer in all`, () => assert.ok(ours > 0 && ours + 8 < those, `${ours}, git ${those}`));
});
