import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DevError } from '../environment/dev-error.ts';
import { shownPath } from '../servers/dev-part.ts';
import { type Note, findWorkspace } from '../environment/workspace.ts';

/** A service that `dev` can run. */
export interface Service {
  /** The name of its folder. */
  name: string;
  root: string;
}

export interface Selection {
  services: Service[];
  /** The folder that the services share; the service's own folder if it does not belong to a workspace. */
  workspace: string;
  /** Whether the service is in the working directory, so its output needs no name. */
  isOwnFolder: boolean;
}

/**
 * Selects the services to run: the named ones of the workspace, else the one in `cwd`, else all of the workspace. Throws a
 * DevError that lists the services. `note` receives files that are not trusted.
 */
export async function selectServices(cwd: string, names: string[], note?: Note): Promise<Selection> {
  const workspace = await findWorkspace(cwd, note);
  if (names.length === 0 && isService(cwd)) {
    const service = { name: path.basename(cwd), root: cwd };
    return { services: [service], workspace: workspace ?? cwd, isOwnFolder: true };
  }
  if (!workspace) throw noWorkspace(cwd);
  const all = await servicesOf(workspace);
  if (all.length === 0) {
    const place = shownPath(path.join(workspace, 'services'));
    throw new DevError(`${place} contains no service. Create one: npm init microservice user`);
  }
  const services = names.length === 0 ? all : [...new Set(names.map((name) => find(all, name)))];
  return { services, workspace, isOwnFolder: false };
}

/** Returns all services of the workspace, also those that are not selected; the selected one alone if it has no workspace. */
export async function allServices({ services, workspace }: Selection): Promise<Service[]> {
  if (services.some(({ root }) => root === workspace)) return services;
  const others = (await servicesOf(workspace)).filter(({ root }) =>
    services.every((service) => service.root !== root),
  );
  return [...services, ...others];
}

const isService = (folder: string) => existsSync(path.join(folder, 'src', 'main.ts'));

async function servicesOf(workspace: string): Promise<Service[]> {
  const folder = path.join(workspace, 'services');
  const names = await readdir(folder).catch(() => []);
  return names
    .toSorted((one, other) => one.localeCompare(other))
    .map((name) => ({ name, root: path.join(folder, name) }))
    .filter(({ root }) => isService(root));
}

/** `user`, `user-service` and `services/user-service/` name the same service. */
function find(services: Service[], given: string): Service {
  const wanted = path.basename(given);
  const found = services.find(({ name }) => name === wanted || name === `${wanted}-service`);
  if (found) return found;
  const known = services.map(({ name }) => name).join(', ');
  throw new DevError(`This workspace has no service "${given}". Its services: ${known}.`);
}

function noWorkspace(cwd: string): DevError {
  return new DevError(
    `${cwd} has no src/main.ts and is not in a workspace. Run microservice-devkit in the folder of a service or of a workspace.`,
  );
}
