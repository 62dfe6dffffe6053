import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder with its real path. Other accounts may walk through it, as PostgreSQL's must where we are root, and not list it. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), `${name}-`)));
  await chmod(folder, 0o711);
  return folder;
}
