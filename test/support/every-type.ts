/** Every type of a field except the reference, which needs a resource, as `--fields` states it; the word suits a name. */
export const everyType: readonly (readonly [word: string, type: string])[] = [
  ['string', 'string'],
  ['code', 'string(2)'],
  ['text', 'text'],
  ['email', 'email'],
  ['url', 'url'],
  ['integer', 'integer'],
  ['bigint', 'bigint'],
  ['decimal', 'decimal'],
  ['amount', 'decimal(10,2)'],
  ['share', 'decimal(6,6)'],
  ['boolean', 'boolean'],
  ['date', 'date'],
  ['timestamp', 'timestamp'],
  ['uuid', 'uuid'],
  ['json', 'json'],
  ['enum', 'enum(open|on-hold|closed)'],
];

/** A default of each type that differs from its sample values. */
const defaults: Record<string, string> = {
  string: '"on hold"',
  code: 'ab',
  text: "'it is'",
  email: 'Ada@example.com',
  url: 'https://example.com/a',
  integer: '-3',
  bigint: '9223372036854775807',
  decimal: '1.5',
  amount: '4.7',
  share: '0.5',
  boolean: 'true',
  date: '2026-01-31',
  timestamp: '2026-01-31T12:00:00+01:00',
  uuid: '01890A5D-ac96-774b-bcce-b302099a8057',
  json: '{"a":[1]}',
  enum: 'on-hold',
};

/** Fields with each modifier on each type that allows it, as `--fields` states them. */
export const everyModifier: readonly string[] = [
  ...everyType.flatMap(([word, type]) => {
    const value = defaults[word];
    return value === undefined ? [] : [`default${word}:${type}:default(${value})`];
  }),
  ...[
    'string',
    'string(20)',
    'email',
    'integer',
    'bigint',
    'decimal',
    'decimal(10,2)',
    'date',
    'timestamp',
    'uuid',
  ].flatMap((type, n) => [
    `unique${n}:${type}:unique`,
    `key${n}:${type}:index`,
    `maybe${n}:${type}:index:optional`,
  ]),
  'state:enum(open|closed):index:default(open)',
  'active:boolean:index',
  'share:decimal(6,6):index',
];
