import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadParser, type Parse, type Syntax } from '../../../generators/merge/languages/syntax.ts';
import { bindingsOf } from '../../../generators/merge/languages/imports.ts';
import type { Texts } from '../../../generators/merge/plan.ts';
import { bare } from '../../../generators/merge/text/surface.ts';
import { type Grown, mergeService, render, written } from './grown-service.ts';
import { edited, everyEdit, type Edit, ownerEdits } from './owner-edits.ts';

const start: Grown = { resources: { user: 'email:string:unique name:string' }, consumes: ['account'] };

/** Answers that add to `start`. */
const additions: Record<string, (grown: Grown) => Grown> = {
  'a resource before': (grown) => ({ ...grown, resources: { ...grown.resources, cart: 'total:integer' } }),
  'a resource after': (grown) => ({ ...grown, resources: { ...grown.resources, wish: 'note:text' } }),
  'a field': (grown) => ({
    ...grown,
    resources: { ...grown.resources, user: `${grown.resources['user']} age:integer:optional` },
  }),
  'a consumer': (grown) => ({ ...grown, consumes: [...grown.consumes, 'wallet'] }),
  'an event': (grown) => ({ ...grown, events: [...(grown.events ?? []), 'suspended'] }),
  'a handler': (grown) => ({ ...grown, handles: [...(grown.handles ?? []), 'order'] }),
};
const additionNames = fc.constantFrom(
  ['a field'],
  ['a resource before', 'a consumer'],
  ['an event', 'a handler'],
  Object.keys(additions),
);

const grow = (grown: Grown, names: string[]): Grown =>
  names.reduce((result, name) => additions[name]?.(result) ?? result, grown);

/** The lines of `disk` that `base` lacks, by their files. */
function addedLines(base: Texts, disk: Texts): [file: string, line: string][] {
  return [...disk].flatMap(([file, text]) => {
    const before = new Set(linesIn(base.get(file) ?? ''));
    return linesIn(text)
      .filter((line) => !before.has(line))
      .map((line): [string, string] => [file, line]);
  });
}

const linesIn = (text: string) =>
  bare(text)
    .split('\n')
    .map((line) => line.trim());

const nothing: Syntax = { body: [], directives: [], comments: [] };

describe('a merge of a service', function () {
  this.timeout(120_000);
  let parse: Parse;
  before(async () => {
    parse = await loadParser('babel-ts');
  });

  async function merge(edits: Edit[], names: string[]) {
    const base = await render(start);
    const next = await render(grow(start, names));
    const disk = edited(base, edits);
    const result = await mergeService(base, disk, next);
    return { base, next, disk, result, files: written(disk, result) };
  }

  it('without edits is the generated service', async () => {
    for (const names of [['a field'], Object.keys(additions)]) {
      const { next, files, base } = await merge([], names);
      const isBorn = (file: string) => /^(?:migrations|seeds)\//.test(file) && base.has(file);
      for (const [file, text] of next)
        assert.equal(files.get(file), isBorn(file) ? base.get(file) : text, file);
      assert.equal(new Set([...base.keys(), ...next.keys()]).size, files.size);
    }
  });

  /** Neither an edit of the owner nor an import or a registration of the templates is lost. */
  function assertComplete({ base, next, disk, files }: Awaited<ReturnType<typeof merge>>): void {
    for (const [file, line] of addedLines(base, disk))
      assert.ok(linesIn(files.get(file) ?? '').includes(line), `${file}: ${line}`);
    for (const [file, text] of next) {
      const result = files.get(file);
      if (result === undefined) continue;
      for (const registration of registrationsIn(text))
        assert.ok(result.includes(registration) || isRemoved(registration, [base, disk], file), registration);
      assert.ok(
        result.lastIndexOf('routers.push(') < (result.indexOf('createHttpApp({') + 1 || Infinity),
        result,
      );
      if (file.endsWith('.ts'))
        assertImports(
          [base, next, disk].map((texts) => texts.get(file) ?? ''),
          result,
        );
    }
  }

  function assertImports([base = '', next = '', disk = '']: string[], result: string): void {
    if (base === disk || next === base) return;
    const names = (text: string) =>
      new Set(bindingsOf(parse(bare(text)) ?? nothing).map(({ local }) => local));
    const [before, owners] = [names(base), names(disk)];
    for (const name of names(next)) {
      const isRemovedByOwner = before.has(name) && !owners.has(name);
      if (!isRemovedByOwner) assert.match(result, new RegExp(String.raw`\b${name}\b`));
    }
  }

  for (const edit of everyEdit) {
    it(`adds to a service with ${edit.title}, without a conflict`, async () => {
      const merging = await merge([edit], Object.keys(additions));
      assert.notDeepEqual(merging.disk, merging.base);
      assertComplete(merging);
      assert.deepEqual(merging.result.unregistered, []);
      assert.deepEqual(
        merging.result.outcomes.filter(({ effect }) => effect === 'conflict'),
        [],
      );
    });
  }

  it('loses no edit, no import and no registration', async () =>
    fc.assert(
      fc.asyncProperty(ownerEdits, additionNames, async (edits, names) =>
        assertComplete(await merge(edits, names)),
      ),
      { numRuns: 10 },
    ));

  it('changes nothing if it is repeated', async () =>
    fc.assert(
      fc.asyncProperty(ownerEdits, additionNames, async (edits, names) => {
        const { next, result, files } = await merge(edits, names);
        const again = await mergeService(result.base, files, next);
        assert.deepEqual(
          again.outcomes.filter(({ effect }) => effect !== 'kept'),
          [],
        );
        assert.deepEqual([...again.base], [...result.base]);
      }),
      { numRuns: 5 },
    ));

  it('has the same result for two additions in either order', async () =>
    fc.assert(
      fc.asyncProperty(
        ownerEdits,
        fc.shuffledSubarray(Object.keys(additions), { minLength: 2, maxLength: 2 }),
        async (edits, names) => {
          const [one = '', other = ''] = names;
          const inOrder = async (first: string, second: string) => {
            const begun = await merge(edits, [first]);
            const next = await render(grow(start, [first, second]));
            const ended = await mergeService(begun.result.base, begun.files, next);
            return {
              files: written(begun.files, ended),
              conflicts: [...begun.result.outcomes, ...ended.outcomes].filter(
                ({ effect }) => effect === 'conflict',
              ),
            };
          };
          const [forth, back] = [await inOrder(one, other), await inOrder(other, one)];
          if (forth.conflicts.length + back.conflicts.length > 0) return;
          assert.deepEqual(forth.files, back.files);
        },
      ),
      { numRuns: 5 },
    ));
});

const registrationsIn = (text: string): string[] =>
  text.match(/routers\.push\(\w+\(|register\w+Consumers\(bus|\.\.\.\w+Events\b/g) ?? [];

const isRemoved = (registration: string, [base, disk]: [Texts, Texts], file: string): boolean =>
  base.get(file)?.includes(registration) === true && disk.get(file)?.includes(registration) !== true;
