import { seen } from '../../outside/seen.ts';

/** One version of the routes of a resource: `/v2/users`. Version 1 is listed only once it is retired. */
export interface ApiVersion {
  version: number;
  /** The date on which it was retired, as in ISO 8601: `2026-11-30`. */
  deprecated?: string | undefined;
  /** The date after which it may stop to answer. */
  sunset?: string | undefined;
}

/** The parts of names in the code of one version: empty for version 1, whose files have the name of the resource alone. */
export interface ApiView {
  /** `v2` */
  version: string;
  /** `-v2` */
  suffix: string;
  /** `V2` */
  pascal: string;
  retired?: { since: string; sunset: string; successor: string | undefined } | undefined;
}

/** Returns the versions of a resource, the first one too, in their order. */
export function apisOf(versions: readonly ApiVersion[] = []): ApiView[] {
  const first = versions.find(({ version }) => version === 1) ?? { version: 1 };
  const all = [first, ...versions.filter(({ version }) => version > 1)];
  return all.map(({ version, deprecated, sunset }) => ({
    version: `v${version}`,
    suffix: version === 1 ? '' : `-v${version}`,
    pascal: version === 1 ? '' : `V${version}`,
    ...(deprecated !== undefined &&
      sunset !== undefined && {
        retired: { since: deprecated, sunset, successor: successorOf(version, all) },
      }),
  }));
}

function successorOf(version: number, all: readonly ApiVersion[]): string | undefined {
  const next = all.find((each) => each.version > version && each.deprecated === undefined);
  return next && `v${next.version}`;
}

/** Returns the number of a version such as `v2`; undefined for any other text. */
export function versionNumber(text: string): number | undefined {
  const [, digits] = /^v([1-9]\d?)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Returns the reason why a text is not a date of the calendar, such as `2027-06-30`. */
export function dateFault(text: string): string | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  const isDate = time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
  return isDate ? undefined : `${seen(text)} is not a date; write it as 2027-06-30`;
}
