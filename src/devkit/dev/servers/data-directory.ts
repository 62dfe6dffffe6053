import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeOwnFolder, ownFolderName } from '../../own-folder.ts';

/** Creates a folder in `.microservice/`, which is excluded from git and closed to other users. */
export async function dataDirectory(root: string, name: string): Promise<string> {
  const home = path.join(root, ownFolderName);
  await makeOwnFolder(home);
  await writeFile(path.join(home, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 }).catch(() => undefined);
  return path.join(home, name);
}

/** The key of the embedded issuer, which the services of a workspace share. */
export const issuerKeyFile = (workspace: string): Promise<string> =>
  dataDirectory(workspace, 'issuer-key.pem');
