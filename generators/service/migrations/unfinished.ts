import path from 'node:path';
import type { History } from './history.ts';

/**
 * Returns `files` with the names that a killed run has already given to new migrations: without its memory, this run would write each
 * of them a second time under a later name. Such a file has the same text and the same words after the number.
 */
export function withNamesOfKilledRun(
  files: ReadonlyMap<string, string>,
  { born, files: known }: History,
): Map<string, string> {
  const written = [...known].filter(([name]) => !born.has(`migrations/${name}`));
  return new Map(
    [...files].map(([file, text]) => {
      const same = written.find(([name, other]) => other === text && wordsOf(name) === wordsOf(file));
      return [same && file.startsWith('migrations/') ? `migrations/${same[0]}` : file, text];
    }),
  );
}

const wordsOf = (file: string): string => path.posix.basename(file).replace(/^\d+/, '');
