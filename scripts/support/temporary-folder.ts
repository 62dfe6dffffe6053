import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder, closed to other accounts, with its real path. */
export const temporaryFolder = async (name: string): Promise<string> =>
  realpath(await mkdtemp(path.join(tmpdir(), `${name}-`)));
