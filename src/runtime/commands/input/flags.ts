import { parseArgs } from 'node:util';
import { MisuseError } from './command.ts';

/** Every flag of the commands about events, with its value and description. */
const flags = {
  id: { type: 'string', of: 'ID', text: 'the event with this id' },
  key: { type: 'string', of: 'KEY', text: 'events of this key' },
  type: { type: 'string', of: 'TYPE', text: 'events of this type, such as user.created' },
  topic: { type: 'string', of: 'TOPIC', text: 'events of this topic' },
  source: { type: 'string', of: 'SERVICE', text: 'events that this service published' },
  group: { type: 'string', of: 'GROUP', text: 'events as this consumer group sees them' },
  'older-than': { type: 'string', of: 'AGE', text: 'events that wait longer: 90s, 10m, 2h, 3d' },
  all: { type: 'boolean', of: '', text: 'every event' },
  limit: { type: 'string', of: 'N', text: 'at most this many; the default of list and show is 100' },
  'with-queue': {
    type: 'boolean',
    of: '',
    text: 'with drop: all events of the key, not only the first',
  },
  from: { type: 'string', of: 'TIME', text: 'an ISO time, an age (2h), or beginning' },
  forget: {
    type: 'boolean',
    of: '',
    text: "moves the service's own group back, and forgets the events it handled since",
  },
  through: {
    type: 'string',
    of: 'OFFSET',
    text: 'the last offset to skip, as for a batch that cannot be read',
  },
  saga: { type: 'string', of: 'NAME', text: 'sagas with this name' },
  status: {
    type: 'string',
    of: 'STATUS',
    text: 'open, running, compensating, stuck, completed or compensated',
  },
  version: { type: 'string', of: 'N', text: 'this version' },
  partial: { type: 'boolean', of: '', text: 'begins even if Kafka has deleted some of the events' },
  force: {
    type: 'string',
    multiple: true,
    of: 'KEY',
    text: 'switches even if this key is parked; repeat it for each key',
  },
  reason: { type: 'string', of: 'TEXT', text: 'the reason, for later readers of the output' },
  yes: {
    type: 'boolean',
    of: '',
    text: 'makes the change; without --yes the command prints what would change',
  },
  json: { type: 'boolean', of: '', text: 'prints one JSON document' },
} as const;

export type FlagName = keyof typeof flags;
/** The given flags. */
export type Flags = {
  [Name in FlagName]?: (typeof flags)[Name]['type'] extends 'boolean'
    ? boolean
    : (typeof flags)[Name] extends { multiple: true }
      ? string[]
      : string;
};

/** Returns the flags for `--help`. `texts` override descriptions for this command. */
export function helpOf(names: readonly FlagName[], texts: Partial<Record<FlagName, string>> = {}) {
  const entries = names.map((name) => {
    const { of, text } = flags[name];
    return [`--${name}${of && ` ${of}`}`, texts[name] ?? text];
  });
  return Object.fromEntries(entries);
}

/** Parses the flags of `names` and as many words as `words` names. Throws the errors of `parseArgs`, or a `MisuseError`. */
export function parseFlags(
  args: string[],
  names: readonly FlagName[],
  words: readonly string[] = [],
): { values: Flags; words: string[] } {
  const options = Object.fromEntries(
    names.map((name) => [name, { type: flags[name].type, multiple: 'multiple' in flags[name] }]),
  );
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const missing = words[positionals.length];
  if (missing) throw new MisuseError(`${missing} is missing`);
  const extra = positionals[words.length];
  if (extra !== undefined) throw new MisuseError(`unexpected argument "${extra}"`);
  // a message may have an empty key
  const empty = Object.entries(values).find(([name, value]) => value === '' && name !== 'key');
  if (empty) throw new MisuseError(`--${empty[0]} is empty`);
  return { values, words: positionals };
}

/** Returns the number in `--version`; undefined without the flag. */
export function versionFlag({ version }: Flags): number | undefined {
  if (version === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(version)) return Number(version);
  throw new MisuseError(`--version is ${JSON.stringify(version)}; write 1, 2, 3, ...`);
}

/** Returns the number in `--limit`. */
export function limitOf({ limit }: Flags, otherwise: number): number {
  if (limit === undefined) return otherwise;
  if (/^[1-9]\d{0,8}$/.test(limit)) return Number(limit);
  throw new MisuseError(`--limit is ${JSON.stringify(limit)}; write a number of 1 or more`);
}
