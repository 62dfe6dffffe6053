import type { Display } from './output.ts';
import { createPlainDisplay } from './plain-output.ts';
import { createTerminalDisplay, type TerminalOptions } from './terminal-display.ts';

/** The output for people if standard output is a terminal, else the one for programs. */
export function createDisplay(options: TerminalOptions): Display {
  if (process.stdout.isTTY) return createTerminalDisplay(options);
  return createPlainDisplay(
    options.services.map(({ name }) => name),
    options.isOwnFolder,
  );
}
