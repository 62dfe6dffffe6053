import path from 'node:path';
import { loadProgram } from './compile-cache.ts';
import type * as Main from './main.ts';

/** Runs the bundled program, and keeps its compiled form for the next run once a generator has run. */
export async function start(args: string[]): Promise<void> {
  const { exports, keep } = loadProgram<typeof Main>(path.join(import.meta.dirname, 'main.js'));
  if (await exports.main(args)) keep();
}
