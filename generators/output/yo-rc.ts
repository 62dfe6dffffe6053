import path from 'node:path';
import { checkOf } from '../outside/check.ts';
import type { Pending } from '../merge/plan.ts';
import { object, type Rule, text, word } from '../outside/rules.ts';
import { oneLine } from '../outside/seen.ts';
import { isDeeperThan, readBounded } from '../core/bounded-file.ts';
import { UsageError } from '../core/usage-error.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';
import { hasGitMarkers } from '../merge/text/git-markers.ts';
import { command } from '../core/version.ts';

/** The size limit in bytes: the file contains the schema of each consumed event. */
export const maxYoRc = 512 * 2 ** 10;
/** The nesting limit; a schema may have 200 levels. */
const MAX_DEPTH = 300;

/** The memory of a generator in the folder that it wrote, under `create-microservice` in `.yo-rc.json`. */
export interface Remembered {
  generator: string;
  /** The version of create-microservice that wrote the folder. */
  version: string;
  answers: Record<string, unknown>;
  /** For a service: each table with the columns of its migrations, in the form of `--fields`. */
  tables?: Record<string, string> | undefined;
  /** For a service: the registrations that runs could not make in the owner's files. */
  unregistered?: Pending | undefined;
}

/**
 * Returns the memory of the last run in this folder, or undefined. Throws a UsageError if the file exists but is not in the
 * form that a run writes.
 */
export async function readYoRc(folder: string): Promise<Remembered | undefined> {
  return rememberedIn(await readAll(folder), path.join(folder, yoRcFile));
}

/** Checks the content of `file`, a `.yo-rc.json`. Throws a UsageError like `readYoRc`. */
export function rememberedIn(all: Record<string, unknown> | undefined, file: string): Remembered | undefined {
  if (all?.[command] === undefined) return undefined;
  const check = checkOf(file);
  const { generator, version = '', answers, tables, unregistered } = check(all[command], object, command);
  return {
    generator: check(generator, word, `${command}.generator`),
    version: check(version, text(versionFault), `${command}.version`),
    answers: check(answers, object, `${command}.answers`),
    // The readers of the tables check each of them.
    ...(tables !== undefined && {
      tables: check(tables, object, `${command}.tables`) as Remembered['tables'],
    }),
    ...(unregistered !== undefined && {
      unregistered: check(unregistered, pending, `${command}.unregistered`),
    }),
  };
}

/** Returns the memory in the text of a `.yo-rc.json` before a killed run; undefined if that run has repaired the text. */
export function rememberedBefore(text: string): Remembered | undefined {
  try {
    return rememberedIn(parseYoRc(text, yoRcFile), yoRcFile);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

const isNames = (value: unknown) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string' && name.length <= 1_000);

const pending: Rule<Pending> = {
  fault: (value) =>
    object.fault(value) ??
    (Object.values(value as object).every(isNames)
      ? undefined
      : 'it must have a list of names for each file'),
};

/** A simplified rule of semver.org; empty in a folder of the first versions. */
const versionFault = (version: string) =>
  version === '' || /^\d+\.\d+\.\d+[\w.+-]{0,64}$/.test(version)
    ? undefined
    : 'it must be a version such as 1.2.3';

/**
 * Returns the text of `.yo-rc.json` with `remembered` in it, and keeps the entries of other Yeoman generators. Throws a UsageError
 * if the text is larger than a later run accepts.
 */
export async function yoRcText(folder: string, remembered: Remembered): Promise<string> {
  return textOfYoRc((await readAll(folder)) ?? {}, remembered, path.join(folder, yoRcFile));
}

/** Returns the text of `file`, a `.yo-rc.json`, with the entries of other generators in `all`. Throws a UsageError like `yoRcText`. */
export function textOfYoRc(all: Record<string, unknown>, remembered: Remembered, file: string): string {
  const others = Object.entries(all).filter(([name]) => name !== command);
  const members = [
    ...others.map(([name, value]) => [name, indented(value)]),
    [command, memoryText(remembered)],
  ];
  const text = `{\n${members.map(([name, value]) => `  ${JSON.stringify(name)}: ${value}`).join(',\n')}\n}\n`;
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxYoRc) return text;
  throw new UsageError(
    `${file} would have ${bytes} bytes, but the maximum is ${maxYoRc}; consume fewer events, or events with smaller schemas`,
  );
}

/** Returns the JSON of a member of the file. */
const indented = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');

/** One line per answer, per table, and per element of a list, sorted by name: git then merges the additions of two branches. */
function memoryText({ generator, version, answers, tables, unregistered }: Remembered): string {
  const members = {
    generator,
    version,
    answers,
    ...(tables && { tables }),
    ...(unregistered && { unregistered }),
  };
  return membersText(members, '  ', (value) =>
    typeof value === 'object' && value !== null
      ? membersText(sortedByName(value), '    ', (answer) => elementsText(answer, '      '))
      : JSON.stringify(value),
  );
}

function membersText(value: object, indent: string, textOf: (value: unknown) => string): string {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  const lines = members.map(([name, member]) => `${indent}  ${JSON.stringify(name)}: ${textOf(member)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function elementsText(value: unknown, indent: string): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value);
  return `[\n${value.map((element) => `${indent}  ${JSON.stringify(element)}`).join(',\n')}\n${indent}]`;
}

const sortedByName = (value: object): object =>
  Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));

async function readAll(folder: string): Promise<Record<string, unknown> | undefined> {
  const file = path.join(folder, yoRcFile);
  const text = await readBounded(file, maxYoRc).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new UsageError(`cannot read ${file}: ${error.message}`);
  });
  if (text === undefined) return undefined;
  return parseYoRc(text, file);
}

/** Parses the text of `file`, a `.yo-rc.json`. Throws a UsageError that names the file and the place of the fault. */
export function parseYoRc(text: string, file: string): Record<string, unknown> {
  const all = parse(text, file);
  if (isDeeperThan(all, MAX_DEPTH))
    throw new UsageError(`${file} is nested more than ${MAX_DEPTH} levels deep; correct or delete it`);
  return all;
}

function parse(text: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    if (hasGitMarkers(text))
      throw new UsageError(
        `${file} has conflict markers of git; write npm init microservice update -- --repair to merge both sides`,
      );
    const { message } = error as Error;
    throw new UsageError(
      `${file} is not JSON${placeInText(text, message)} (${oneLine(message)}); correct it, such as a comma too many or too few, or restore it from git`,
    );
  }
}

/** Returns the line and the column of the fault; empty if Node does not name its position. */
function placeInText(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return ` at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
