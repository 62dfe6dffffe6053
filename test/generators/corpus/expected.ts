// npx tsx test/generators/corpus/expected.ts: proposes the expected files of new edits. It knows nothing of the merge: it makes the
// owner's edit in the newer text. Read each file, and correct it by hand where a careful owner would have written something else.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'prettier';
import { edits } from './edits/edits.ts';
import { readFirstVersion } from './first-version.ts';
import { edited, expectedFolder, nextVersions, readNext } from './versions.ts';

const base = await readFirstVersion();
for (const version of nextVersions) {
  const next = await readNext(version, base);
  for (const edit of edits) {
    const shared = Object.keys(edit.files).filter(
      (file) => next.has(file) && next.get(file) !== base.get(file),
    );
    if (shared.length === 0) continue;
    const disk = await edited(base, edit);
    const only = {
      ...edit,
      files: Object.fromEntries(
        Object.entries(edit.files).filter(([file, change]) => shared.includes(file) && change !== undefined),
      ),
    };
    const isUndecided = (file: string) =>
      edit.conflicts?.[version]?.includes(file) === true && !edit.after?.[version]?.[file];
    const decided = {
      ...only,
      files: Object.fromEntries(Object.entries(only.files).filter(([file]) => !isUndecided(file))),
    };
    const result = await edited(next, decided, edit.after?.[version]).catch((error: Error) => {
      console.error(`${version}: ${error.message}`);
      return undefined;
    });
    for (const file of Object.keys(decided.files)) {
      const text = result?.get(file);
      const target = path.join(expectedFolder, edit.name, version, `${file}.txt`);
      if (text === undefined || existsSync(target)) continue;
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, await inLayoutOf(disk.get(file) ?? '', text));
    }
  }
}

/** The owner formats the file again, if it was formatted before. */
async function inLayoutOf(text: string, changed: string): Promise<string> {
  const options = { parser: 'typescript', printWidth: 110, singleQuote: true, endOfLine: 'auto' } as const;
  const formatted = await format(text, options).catch(() => undefined);
  return formatted === text ? format(changed, options) : changed;
}
