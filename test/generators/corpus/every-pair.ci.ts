import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Texts } from '../../../generators/merge/plan.ts';
import { newFolder, removeFolders } from '../support/command.ts';
import { compile } from '../support/compiled.ts';
import type { Edit } from './edits/edit.ts';
import { edits } from './edits/edits.ts';
import { everyPair, type Pair } from './every-pair.ts';
import { readFirstVersion } from './first-version.ts';
import { faultsIn, type Faults } from './outcomes.ts';
import { edited } from './versions.ts';

const isSource = (file: string) => /^(src|test|migrations|seeds)\/.*\.ts$/.test(file);

/**
 * Each merged service is compiled: the files that differ from those of an unedited service, and the files that import these. All others are
 * shared by the services of one command.
 */
describe('every command in every edited service', function () {
  this.timeout(600_000);
  const pairs: Pair[] = [];
  before(async () => {
    for await (const pair of everyPair()) pairs.push(pair);
  });
  after(removeFolders);

  it('loses no edit, registers each part or says so, and has no needless conflict', async () => {
    const faults: Faults = { lost: [], unregistered: [], conflicts: [] };
    for (const { edit, name, call, sides, result } of pairs) {
      const found = faultsIn(result, { ...sides, edit, call, name });
      for (const kind of Object.keys(faults) as (keyof Faults)[])
        faults[kind].push(...found[kind].map((fault) => `${edit.name} ${name} ${fault}`));
    }
    const { lost, unregistered, conflicts } = faults;
    console.log(
      `      ${pairs.length} merges: edits lost ${lost.length}, silently unregistered ${unregistered.length}, needless conflicts ${conflicts.length}`,
    );
    assert.deepEqual(faults, { lost: [], unregistered: [], conflicts: [] });
  });

  it('compiles, for every edit and every command without a conflict', async () => {
    const folder = await newFolder();
    const shared = new Map<string, Texts>();
    let compiled = 0;
    for (const pair of pairs) {
      if (pair.result.outcomes.some(({ effect }) => effect === 'conflict')) continue;
      compiled += 1;
      const { next } = pair.all;
      const unedited = `unedited-${pair.name}${[...shared.values()].indexOf(next) < 0 ? shared.size : ''}`;
      const known = [...shared].find(([, texts]) => texts === next)?.[0] ?? unedited;
      if (!shared.has(known)) await writeAll(path.join(folder, known), sourcesOf(next));
      shared.set(known, next);
      await writeAffected(folder, `${pair.edit.name}--${pair.name}`, {
        merged: sourcesOf(mergedService(pair)),
        unedited: { folder: known, texts: sourcesOf(next) },
      });
    }
    const base = await readFirstVersion();
    await writeAll(path.join(folder, 'base'), sourcesOf(base));
    for (const edit of edits)
      await writeAffected(folder, `${edit.name}--before`, {
        merged: sourcesOf(await edited(base, edit)),
        unedited: { folder: 'base', texts: sourcesOf(base) },
      });
    const faults = await compile(folder);
    const places = faults.map((fault) => fault.split('/')[0] ?? '');
    console.log(`      ${compiled} merged services are compiled; ${new Set(places).size} have errors`);
    assert.deepEqual(
      faults.filter((fault) => !edits.some((edit) => allows(edit, fault))),
      [],
    );
  });
});

/** The owner still uses a removed part, or the edit lists the error: the compiler names the place. */
function allows({ name, usesRemoved = [], allowedErrors = [] }: Edit, fault: string): boolean {
  const [, folder, file, message = ''] = /^([^/]+)\/(.+?)\(\d+,\d+\): error (.*)$/.exec(fault) ?? [];
  if (usesRemoved.some((command) => folder === `${name}--${command}`)) return true;
  const ofEdit = folder?.startsWith(`${name}--`) && !folder.endsWith('--before');
  return !!ofEdit && allowedErrors.some((each) => each.file === file && message.startsWith(each.message));
}

const sourcesOf = (texts: Texts): Texts => new Map([...texts].filter(([file]) => isSource(file)));

/** All files of the service afterwards: those that the owner did not touch are as generated. */
function mergedService({ result: { outcomes }, sides, all: { next, disk } }: Pair): Texts {
  const own = [...disk].filter(([file]) => !next.has(file) && sides.disk.has(file));
  const merged = new Map([...next].filter(([file]) => disk.has(file) || !sides.base.has(file)));
  for (const [file, text] of own) merged.set(file, text);
  for (const { file, effect, text = disk.get(file) } of outcomes)
    if (effect === 'removed' || text === undefined) merged.delete(file);
    else merged.set(file, text);
  return merged;
}

interface Written {
  merged: Texts;
  unedited: { folder: string; texts: Texts };
}

async function writeAffected(folder: string, name: string, { merged, unedited }: Written): Promise<void> {
  const affected = affectedIn(merged, unedited.texts);
  const texts = [...affected].map((file): [string, string] => {
    const text = (merged.get(file) ?? '').replaceAll(
      /(from |import\()(['"])(\.[^'"]+)\2/g,
      (whole, from: string, quote: string, target: string) => {
        const found = path.posix.join(path.posix.dirname(file), target);
        if (affected.has(found) || !merged.has(found)) return whole;
        const elsewhere = path.posix.relative(
          path.posix.join(name, path.posix.dirname(file)),
          path.posix.join(unedited.folder, found),
        );
        return `${from}${quote}${elsewhere}${quote}`;
      },
    );
    return [file, text];
  });
  await writeAll(path.join(folder, name), new Map(texts));
}

/** Returns the files that differ from those of the unedited service, and the files that import them. */
function affectedIn(merged: Texts, unedited: Texts): Set<string> {
  const changed = new Set(
    [...merged.keys(), ...unedited.keys()].filter((file) => merged.get(file) !== unedited.get(file)),
  );
  for (let size = -1; size < changed.size;) {
    size = changed.size;
    for (const [file, text] of merged)
      if (importsIn(file, text).some((target) => changed.has(target))) changed.add(file);
  }
  return new Set([...changed].filter((file) => merged.has(file)));
}

const importsIn = (file: string, text: string): string[] =>
  [...text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)].map(([, target = '']) =>
    path.posix.join(path.posix.dirname(file), target),
  );

async function writeAll(folder: string, texts: Texts): Promise<void> {
  for (const [file, text] of texts) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}
