import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';
import { dateFault, versionNumber, type ApiVersion } from '../model/api-versions.ts';
import type { Resource } from '../model/answers.ts';
import type { CommandCall } from './call/command.ts';
import { textsOf } from './call/given.ts';
import { spelledCall } from './call/spelling.ts';

/** The flags of `resource` that change the versions of its routes. */
export const apiFlags = [
  { name: 'api', value: '<version>', help: 'of a resource that exists: more routes, such as v2 under /v2' },
  { name: 'retire', value: '<version>', help: 'announces the end of a version of the routes, such as v1' },
  { name: 'sunset', value: '<date>', help: 'with --retire: the date after which the version may be gone' },
] as const;

const versionsOf = ({ apis = [] }: Resource): number[] => [1, ...apis.map(({ version }) => version)];

/** Returns the resource with another version of its routes, or with a retired one; undefined if no flag asks for it. */
export function withApi(resource: Resource, call: CommandCall): Resource | undefined {
  const [api, retired] = [textsOf(call, 'api'), textsOf(call, 'retire')];
  if (api !== undefined && retired !== undefined)
    throw new UsageError('--api and --retire exclude each other; run the command twice');
  if (api !== undefined) return addVersion(resource, api);
  return retired === undefined ? undefined : retire(resource, retired, call);
}

/** Returns the resource without one of the versions after the first. */
export const withoutApi = (resource: Resource, version: string): Resource => {
  const { apis = [], ...rest } = resource;
  const kept = apis.filter((each) => `v${each.version}` !== version);
  return kept.length === 0 ? rest : { ...rest, apis: kept };
};

function addVersion(resource: Resource, text: string): Resource {
  const version = versionNumber(text);
  const newest = Math.max(...versionsOf(resource));
  if (version !== newest + 1)
    throw new UsageError(
      `--api: the next version after v${newest} is v${newest + 1}, not ${seen(text)}; write ${spelledCall(`resource ${resource.name} --api v${newest + 1}`)}`,
    );
  return { ...resource, apis: [...(resource.apis ?? []), { version }] };
}

function retire(resource: Resource, text: string, call: CommandCall): Resource {
  const sunset = textsOf(call, 'sunset');
  const version = versionsOf(resource).find((each) => `v${each}` === text);
  if (version === undefined)
    throw new UsageError(
      `--retire: the resource "${resource.name}" has no version ${seen(text)}. It has: ${versionsOf(resource)
        .map((each) => `v${each}`)
        .join(', ')}`,
    );
  if (sunset === undefined)
    throw new UsageError(
      `--retire needs the date of the end; write ${spelledCall(`resource ${resource.name} --retire ${text} --sunset 2027-06-30`)}`,
    );
  const today = new Date().toISOString().slice(0, 10);
  const fault = dateFault(sunset) ?? (sunset <= today ? `${sunset} is not after today, ${today}` : undefined);
  if (fault !== undefined) throw new UsageError(`--sunset: ${fault}`);
  const others = (resource.apis ?? []).filter((each) => each.version !== version);
  const retired: ApiVersion = { version, deprecated: today, sunset };
  return { ...resource, apis: [...others, retired].toSorted((one, other) => one.version - other.version) };
}
