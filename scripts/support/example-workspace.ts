import path from 'node:path';
import { execute } from './command.ts';
import { writeHttpContract } from './http-contract.ts';

const command = path.resolve(import.meta.dirname, '..', '..', 'dist', 'create-microservice.js');

/** The answers for the demo and for examples/. */
export const exampleServices = {
  user: [
    '--resource',
    'user',
    '--fields',
    'email:string:unique name:string age:integer:optional active:boolean',
  ],
  notification: [
    '--no-resources',
    '--consumes',
    'user.created',
    '--consumes',
    'user.updated',
    '--consumes',
    'user.deleted',
  ],
};

/** Writes the workspace `shop` into `folder` with the built command; resolves to its path. */
export async function writeExampleWorkspace(folder: string): Promise<string> {
  const generate = (cwd: string, flags: string[]) => execute(process.execPath, [command, ...flags], { cwd });
  await generate(folder, ['workspace', 'shop', '--yes', '--no-git']);
  const workspace = path.join(folder, 'shop');
  for (const [name, flags] of Object.entries(exampleServices)) {
    await generate(workspace, ['service', name, '--yes', '--no-install', '--no-git', ...flags]);
    await writeHttpContract(path.join(workspace, 'services', `${name}-service`));
  }
  return workspace;
}
