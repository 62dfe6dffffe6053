import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A place under `.microservice/` of a folder, which keeps itself out of git. */
export async function dataDirectory(root: string, name: string): Promise<string> {
  const home = path.join(root, '.microservice');
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, '.gitignore'), '*\n');
  return path.join(home, name);
}
