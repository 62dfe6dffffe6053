import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../../..');

const configuration = {
  extends: path.join(root, 'tsconfig.json'),
  compilerOptions: {
    paths: {
      'microservice-runtime': [path.join(root, 'src/runtime/index.ts')],
      'microservice-runtime/tables/*': [path.join(root, 'src/runtime/tables/*.ts')],
      'microservice-runtime/*': [path.join(root, 'src/runtime/*.ts')],
      'microservice-devkit/testing': [path.join(root, 'src/devkit/testing.ts')],
    },
  },
  include: ['**/*.ts'],
  exclude: ['node_modules'],
};

/** Compiles every TypeScript file below `folder` with the packages of the repository. Resolves to the errors, one per line. */
export async function compile(folder: string): Promise<string[]> {
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc');
  const compiling = promisify(execFile)(tsc, ['--noEmit', '--pretty', 'false', '-p', '.'], {
    cwd: folder,
    maxBuffer: 64 * 2 ** 20,
  });
  const { stdout } = await compiling.catch((error: { stdout: string }) => error);
  return stdout.split('\n').filter((line) => /^\S/.test(line));
}
