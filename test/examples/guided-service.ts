import assert from 'node:assert/strict';
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { applied, diffsOf } from './guide-changes.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const modules = path.join(root, 'node_modules');

/** A copy of the example's user-service, to which a test applies the changes of a page. */
export interface GuidedService {
  /** The text of the page. */
  readonly page: string;
  /** Writes the migration that the page shows, as `migrations/<name>.ts`, and applies its diffs, which are `count`. */
  change(migration: string, count: number): Promise<void>;
  write(file: string, text: string): Promise<void>;
  /** Runs a program of `node_modules/.bin`, and resolves to its output. Rejects if it fails. */
  run(program: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** @param name the page, as in `docs/<name>.md` */
export async function createGuidedService(name: string): Promise<GuidedService> {
  const page = await readFile(path.join(root, 'docs', `${name}.md`), 'utf8');
  const folder = await temporaryFolder(name);
  await cp(path.join(root, 'examples/shop/services/user-service'), folder, { recursive: true });
  await rm(path.join(folder, 'node_modules'), { recursive: true, force: true });
  await symlink(modules, path.join(folder, 'node_modules'));
  const write = (file: string, text: string) => writeFile(path.join(folder, file), text);

  return {
    page,
    write,
    async change(migration, count) {
      const [, line = ''] = /^ {3}```ts\n {3}(.*)\n/m.exec(page) ?? [];
      await write(`migrations/${migration}.ts`, `${line}\n`);
      const diffs = diffsOf(page);
      assert.equal(diffs.length, count);
      for (const [file, diff] of diffs)
        await write(file, applied(await readFile(path.join(folder, file), 'utf8'), diff));
    },
    run: (program, ...args) => execute(path.join(modules, '.bin', program), args, { cwd: folder }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
