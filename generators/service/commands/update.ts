import type { Command } from './command.ts';

/** The same answers: only the templates differ. The generator reads `--check` itself. */
export const update: Command = {
  name: 'update',
  words: '',
  mostWords: 0,
  description: 'the changes that a newer generator makes in its files',
  flags: [
    { name: 'check', help: 'only list the files that an update would change; exit with 2 if there are any' },
  ],
  examples: [
    ['update', 'merges the files of this generator into the service'],
    ['update --check', 'for CI: exits with 2 if an update would change a file'],
  ],
  change: (answers) => answers,
};
