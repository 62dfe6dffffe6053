import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createServiceFolder, envText, freeVariables, type ServiceFolder } from '../dev/service-folder.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const cli = path.join(repository, 'src/devkit/cli.ts');

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface WorkspaceFolder {
  root: string;
  /** Adds a service: `user` is the folder `services/user-service`. */
  add: (name: string, files?: Record<string, string>) => Promise<ServiceFolder>;
  /** Runs `microservice-devkit` in the workspace, or in the given folder of it. */
  run: (args: string[], folder?: string) => Promise<Ended>;
  remove: () => Promise<void>;
}

/** An empty workspace, inside the repository so that its services find the packages. */
export async function createWorkspaceFolder(): Promise<WorkspaceFolder> {
  const parent = path.join(repository, '.tmp');
  await mkdir(parent, { recursive: true });
  const root = await mkdtemp(path.join(parent, 'workspace-'));
  await chmod(root, 0o755);
  await writeFile(path.join(root, 'docker-compose.kafka.yml'), '');
  const services = path.join(root, 'services');
  return {
    root,
    add: async (name, files = {}) => {
      const variables = { ...(await freeVariables()), SERVICE_NAME: `${name}-service` };
      const all = { '.env': envText(variables), 'knexfile.js': knexfile, ...files };
      return createServiceFolder(all, services, `${name}-service`);
    },
    run: (args, folder = '.') => runDevkit(path.join(root, folder), args),
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 20 }),
  };
}

function runDevkit(cwd: string, args: string[]): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const options = { cwd, env: { PATH, HOME }, maxBuffer: 2 ** 24 };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', cli, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const knexfile = `import { knexConfig } from 'microservice-runtime/migrations';

export default await knexConfig(import.meta.dirname);
`;
