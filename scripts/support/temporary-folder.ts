import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Creates a folder and returns its real path. Other accounts may enter it but not list it; PostgreSQL's account must enter it
 * when we are root.
 */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), `${name}-`)));
  await chmod(folder, 0o711);
  return folder;
}
