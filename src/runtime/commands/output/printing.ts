import { COUNTED } from '../../events/operations/filter.ts';
import { print } from '../../logging/terminal.ts';

export function printJson(document: unknown): void {
  print(JSON.stringify(document, null, 2));
}

/** "1 key", "2 keys". */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** Prints that a list is incomplete, if it is. */
export function printMore(more: number): void {
  if (more <= 0) return;
  print(`\nand ${more >= COUNTED ? `${COUNTED} or more` : more} more; --limit shows more of them`);
}

/** Prints the last line of a dry run. */
export function printDryRun(): void {
  print('\nNothing was changed. Add --yes to make the change.');
}

/** Prints how to keep a copy of all events that a change deletes, since its text has only the first ones. */
export function printCopy(): void {
  print(
    '\nWith --yes only the first events are printed. To keep a copy of all, add --yes --json > dropped.json.',
  );
}
