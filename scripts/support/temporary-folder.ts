import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder that other accounts may enter: a PostgreSQL that root starts runs under one of those. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), `${name}-`)));
  await chmod(folder, 0o755);
  return folder;
}
