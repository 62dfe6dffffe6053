import { higherRange } from '../../merge/languages/ranges.ts';
import { onEachSide, type Sides } from '../../merge/text/sides.ts';

/** Reports a value that both branches changed: its path, and its two values. The value of the current branch counts. */
export type Disagree = (path: string, disk: unknown, next: unknown) => void;

type Members = ReadonlyMap<string, unknown>;

/**
 * Merges three values of a `.yo-rc.json`. Objects merge by key, lists by the names of their elements, and fields such as `a:string b:date`
 * by their names; additions of the current branch come first. Of two versions the higher one counts.
 */
export function mergeValues(values: Sides<unknown>, path: string, disagree: Disagree): unknown {
  const { base, next, disk } = values;
  if (isEqual(next, disk) || isEqual(base, next)) return disk;
  if (isEqual(base, disk)) return next;
  for (const form of forms) {
    const members = onEachSide(values, (value) => form.membersOf(value, path));
    if (!members.next || !members.disk) continue;
    const merged = mergeMembers(
      { ...members, base: members.base ?? new Map() } as Sides<Members>,
      path,
      disagree,
    );
    return form.valueOf(merged);
  }
  if (/(?:^|\.)version$/.test(path) && typeof next === 'string' && typeof disk === 'string')
    return higherRange(disk, next) === 'other' ? next : disk;
  disagree(path, disk, next);
  return disk;
}

function mergeMembers({ base, next, disk }: Sides<Members>, path: string, disagree: Disagree): Members {
  const merged = new Map<string, unknown>();
  for (const key of new Set([...disk.keys(), ...next.keys()])) {
    const sides = { base: base.get(key), next: next.get(key), disk: disk.get(key) };
    const value = mergeValues(sides, path === '' ? key : `${path}.${key}`, disagree);
    if (value !== undefined) merged.set(key, value);
  }
  return merged;
}

interface Form {
  /** Returns undefined for a value of another form. */
  membersOf(value: unknown, path: string): Members | undefined;
  valueOf(members: Members): unknown;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An element of a list is known by its name or its type; each version of an event of the service is another element. */
const nameOfElement = (element: unknown): string => {
  const { name, type, version, topic } = isMap(element) ? element : {};
  const known = name ?? type;
  if (typeof known !== 'string') return JSON.stringify(element);
  return topic === undefined && typeof version === 'number' ? `${known} version ${version}` : known;
};

/** A word of fields; an argument in brackets can have spaces, and brackets within quotes. */
const fieldPattern = /(?:[^\s()'"]|\((?:[^()'"]|'[^']*'|"[^"]*")*\)|'[^']*'|"[^"]*")+/g;
/** The path of a single field is longer by its name. */
const isFields = (value: unknown, path: string): value is string =>
  typeof value === 'string' && /\.fields$|(?:^|\.)tables\.[^.]+$/.test(path);

const forms: Form[] = [
  {
    membersOf: (value) => (isMap(value) ? new Map(Object.entries(value)) : undefined),
    valueOf: (members) => Object.fromEntries(members),
  },
  {
    membersOf: (value) =>
      Array.isArray(value) ? new Map(value.map((element) => [nameOfElement(element), element])) : undefined,
    valueOf: (members) => [...members.values()],
  },
  {
    membersOf: (value, path) =>
      isFields(value, path)
        ? new Map((value.match(fieldPattern) ?? []).map((field) => [field.split(':')[0] ?? field, field]))
        : undefined,
    valueOf: (members) => [...members.values()].join(' '),
  },
];

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
