/** A message as Kafka's own sources define it, in JSON (clients/src/main/resources/common/message). */
export interface JsonMessage {
  apiKey: number;
  type: string;
  name: string;
  validVersions: string;
  flexibleVersions: string;
  latestVersionUnstable?: boolean;
  fields: JsonField[];
  commonStructs?: { name: string; fields: JsonField[] }[];
}

interface JsonField {
  name: string;
  type: string;
  versions: string;
  nullableVersions?: string;
  tag?: number;
  taggedVersions?: string;
  default?: string | number | boolean;
  fields?: JsonField[];
}

/** Reads one of those files: JSON with comments. */
export function parseKafkaJson(text: string): JsonMessage {
  const lines = text.split('\n').filter((line) => !/^\s*\/\//.test(line));
  return JSON.parse(lines.join('\n').replaceAll(/\s\/\/ .*$/gm, ''));
}

/** The text that a table must have of these two messages. */
export function tableText(request: JsonMessage, response: JsonMessage): string {
  const { apiKey, validVersions, flexibleVersions, latestVersionUnstable } = request;
  const name = request.name.replace(/Request$/, '');
  const unstable = latestVersionUnstable ? ' unstable' : '';
  return [
    `${name} ${apiKey} ${validVersions} flexible ${flexibleVersions}${unstable}`,
    'request',
    ...fieldLines(request),
    'response',
    ...fieldLines(response),
  ].join('\n');
}

function fieldLines({ fields, commonStructs = [] }: JsonMessage): string[] {
  const structs = new Map(commonStructs.map((struct) => [struct.name, struct.fields]));

  function lines(of: readonly JsonField[], versions: string, indent: string): string[] {
    return of.flatMap((field) => {
      const type = field.type.replace('[]', '');
      const inner = field.fields ?? structs.get(type) ?? [];
      return [
        `${indent}${fieldLine(field, versions)}`.trimEnd(),
        ...lines(inner, field.versions, `${indent}  `),
      ];
    });
  }

  return lines(fields, '0+', '  ');
}

function fieldLine(field: JsonField, inherited: string): string {
  const { name, type, versions, nullableVersions, tag, taggedVersions } = field;
  return [
    `${name[0]!.toLowerCase()}${name.slice(1)}`,
    typeText(type),
    ...(versions === inherited ? [] : [versions]),
    ...(nullableVersions === undefined ? [] : ['null', nullableVersions]),
    ...(tag === undefined ? [] : ['tag', tag, taggedVersions]),
    ...(field.default === undefined ? [] : ['=', field.default]),
  ].join(' ');
}

function typeText(type: string): string {
  const [array, item] = type.startsWith('[]') ? ['[]', type.slice(2)] : ['', type];
  if (!/^[A-Z]/.test(item)) return `${array}${item}`;
  return array || '{}';
}
