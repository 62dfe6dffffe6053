import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EventContracts } from '../events/event/definition.ts';
import { serviceFiles } from '../service/service-files.ts';
import { registerTypeScript } from '../service/typescript.ts';

export interface ServiceManifest {
  name: string;
  version: string;
  description?: string;
}

/** Returns the package.json of the service at `root`. */
export async function readManifest(root: string): Promise<ServiceManifest> {
  const file = path.join(root, 'package.json');
  if (!existsSync(file))
    throw new Error(`${file} does not exist; run this command in the folder of a service`);
  const manifest: ServiceManifest = JSON.parse(await readFile(file, 'utf8'));
  return manifest;
}

/**
 * Returns the export `contracts` of `src/events/contracts.ts` of the service at `root`, or of the build in `dist/` without a
 * source; `undefined` if the file does not exist.
 */
export async function readContracts(root: string): Promise<EventContracts | undefined> {
  const { base, extension } = serviceFiles(root);
  const file = path.join(base, 'src/events', `contracts${extension}`);
  if (!existsSync(file)) return undefined;
  if (extension === '.ts') await registerTypeScript(root);
  const code: { contracts?: EventContracts } = await import(pathToFileURL(file).href);
  if (!code.contracts)
    throw new Error(`${file} does not export "contracts"; export { published, consumed } under that name`);
  return code.contracts;
}
