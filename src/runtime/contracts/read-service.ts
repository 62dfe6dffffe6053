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

/** The package.json of the service at `root`. */
export async function readManifest(root: string): Promise<ServiceManifest> {
  const file = path.join(root, 'package.json');
  if (!existsSync(file))
    throw new Error(`${file} does not exist; run this command in the folder of a service`);
  const manifest: ServiceManifest = JSON.parse(await readFile(file, 'utf8'));
  return manifest;
}

/**
 * What `src/events/contracts.ts` of the service at `root` exports as `contracts` (of the build under `dist/` where there
 * is no source); `undefined` when there is no such file.
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
