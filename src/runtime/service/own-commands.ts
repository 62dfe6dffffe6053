import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { serviceFiles } from './service-files.ts';
import { registerTypeScript } from './typescript.ts';

/** The call of a command of a service: `microservice-runtime run <command> [arguments]`. */
export interface CommandCall {
  /** The arguments after the name of the command. */
  args: readonly string[];
  /** Is aborted on SIGTERM and SIGINT: the command should then stop at the next point at which it can be started again. */
  signal: AbortSignal;
}

/** The export `run` of a file in `src/commands/`. `Service` is the return type of `createService`. */
export type OwnCommand<Service> = (service: Service, call: CommandCall) => Promise<void>;

/** The exports of `src/app.ts` and `src/config.ts`. */
export interface ServiceModules<Service> {
  createService: (config: unknown) => Service;
  readConfig: (environment: NodeJS.ProcessEnv) => unknown;
}

const folderOf = (root: string) => path.join(serviceFiles(root).base, 'src', 'commands');

/** Returns the names of the commands of the service at `root`, sorted: the files in its `src/commands/`. */
export function ownCommands(root: string): string[] {
  const folder = folderOf(root);
  const { extension } = serviceFiles(root);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(extension) && !file.endsWith(`.d${extension}`))
    .map((file) => file.slice(0, -extension.length))
    .toSorted();
}

/** Imports one of the commands that `ownCommands` returns. */
export async function importCommand<Service>(root: string, name: string): Promise<OwnCommand<Service>> {
  const file = path.join(folderOf(root), name + serviceFiles(root).extension);
  return exportOf<OwnCommand<Service>>(root, file, 'run');
}

/** Imports the functions that create the service at `root`. */
export async function importService<Service>(root: string): Promise<ServiceModules<Service>> {
  const { base, extension } = serviceFiles(root);
  const file = (name: string) => path.join(base, 'src', name + extension);
  return {
    createService: await exportOf(root, file('app'), 'createService'),
    readConfig: await exportOf(root, file('config'), 'readConfig'),
  };
}

async function exportOf<Code>(root: string, file: string, name: string): Promise<Code> {
  if (file.endsWith('.ts')) await registerTypeScript(root);
  const code: Record<string, unknown> = await import(pathToFileURL(file).href);
  if (typeof code[name] !== 'function')
    throw new Error(`${file} does not export the function "${name}"; export it under that name`);
  return code[name] as Code;
}
