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
