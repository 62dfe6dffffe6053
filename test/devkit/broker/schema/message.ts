import { accessMessages } from './access-messages.ts';
import { groupMessages } from './group-messages.ts';
import { logMessages } from './log-messages.ts';
import { topicMessages } from './topic-messages.ts';

/** The first and the last version; Infinity if there is no last one yet. */
export type Versions = readonly [first: number, last: number];

export interface Field {
  name: string;
  /** A primitive type; the type of an array's items; 'struct' if there are `fields`. */
  type: string;
  isArray: boolean;
  versions: Versions;
  nullable: Versions;
  /** The number of a tagged field, and the versions in which it is one. */
  tag?: { number: number; versions: Versions };
  default: string | undefined;
  fields: Field[];
}

export interface Message {
  name: string;
  key: number;
  /** Without the last version if that is not stable yet. */
  versions: Versions;
  flexible: Versions;
  request: Field[];
  response: Field[];
}

const NEVER: Versions = [Number.POSITIVE_INFINITY, -1];
const ALWAYS: Versions = [0, Number.POSITIVE_INFINITY];

export const includes = ([first, last]: Versions, version: number): boolean =>
  version >= first && version <= last;

/**
 * The messages of Kafka's protocol by name. In the tables a line is a field: its name, its type (`[]` is an array of
 * structures, `{}` one structure), the versions that have it, those in which it may be null, its tag and its default.
 */
export const messages: ReadonlyMap<string, Message> = new Map(
  messageTexts().map((text) => {
    const message = parseMessage(text);
    return [message.name, message];
  }),
);

/** The text of each message in the tables. */
export function messageTexts(): string[] {
  const tables = [logMessages, groupMessages, topicMessages, accessMessages];
  return tables.flatMap((table) => table.trim().split('\n\n'));
}

function parseMessage(text: string): Message {
  const [head = '', ...lines] = text.split('\n');
  const [, name = '', key, versions = '', flexible = '', unstable] =
    /^(\w+) (\d+) (\S+) flexible (\S+)( unstable)?$/.exec(head) ?? [];
  const [first, last] = parseVersions(versions);
  const response = lines.indexOf('response');
  return {
    name,
    key: Number(key),
    versions: [first, unstable ? last - 1 : last],
    flexible: parseVersions(flexible),
    request: parseFields(lines.slice(1, response), '  '),
    response: parseFields(lines.slice(response + 1), '  '),
  };
}

function parseFields(lines: readonly string[], indent: string): Field[] {
  const starts = lines.flatMap((line, i) => (line.slice(indent.length).startsWith(' ') ? [] : [i]));
  return starts.map((start, i) => {
    const inner = lines.slice(start + 1, starts[i + 1]);
    return { ...parseField(lines[start]!.trim()), fields: parseFields(inner, `${indent}  `) };
  });
}

function parseField(line: string): Field {
  const [, name = '', type = '', versions, nullable, tag, tagged = '', value] =
    /^(\w+) (\S+)(?: (\d\S*))?(?: null (\S+))?(?: tag (\d+) (\S+))?(?: = ?(.*))?$/.exec(line) ?? [];
  return {
    name,
    type: type.replace('[]', '').replace('{}', '') || 'struct',
    isArray: type.startsWith('[]'),
    versions: versions ? parseVersions(versions) : ALWAYS,
    nullable: nullable ? parseVersions(nullable) : NEVER,
    ...(tag && { tag: { number: Number(tag), versions: parseVersions(tagged) } }),
    default: value,
    fields: [],
  };
}

function parseVersions(text: string): Versions {
  if (text === 'none') return NEVER;
  const [, first, more] = /^(\d+)(.*)$/.exec(text) ?? [];
  if (more === '+') return [Number(first), Number.POSITIVE_INFINITY];
  return [Number(first), more ? Number(more.slice(1)) : Number(first)];
}
