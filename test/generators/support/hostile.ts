import fc from 'fast-check';

/** Texts that end a string, a comment, a line, a tag or a document, or begin something else. */
const snippets = [
  '*/ process.exit(1); /*',
  "'; evil(); '",
  '"; evil(); "',
  '`${evil()}`',
  '${evil()}',
  '\\',
  '\n',
  '\r\n',
  '\u2028',
  '\u2029',
  '\u0000',
  '\u001B[2J',
  '\u202E',
  '\uD800',
  '<!--',
  '-->',
  '<script>evil()</script>',
  '&amp;',
  "a<b>&'c",
  '<%= evil %>',
  '%>',
  '#',
  '# x',
  '---',
  '```',
  '~~~',
  '- x',
  '1. x',
  '| a | b |',
  '[x](javascript:evil)',
  '![x](y)',
  '*x*',
  '_x_',
  '`',
  '==',
  ': x',
  '{{ x }}',
  '$HOME $(evil)',
  '../..',
  '//',
  '__proto__',
  'constructor',
  ' ',
  '.',
  '-',
];

/** Names with a meaning in a language or in the generated code. */
const words = `
  null true false yes no on off y n class default new await async data event events bus trx id status body post sent copy
  copies copiedAt service user userData define.event user.data user.copies register.consumers wait.for is.last start.service
  user.deleted user-created.x timestamp.string stream joi then toString valueOf isLast get before after create eventAbout
  taken later path changed list told each name names seen answers patch now changes created listed page filter
`
  .trim()
  .split(/\s+/);

const allowed = [
  /^[a-z][a-z0-9_-]{0,6}(\.[a-z][a-z0-9_-]{0,6}){1,2}$/,
  /^[\w.-]{1,12}$/,
  /^[a-z][a-zA-Z0-9]{0,9}$/,
];

/** A text that may be an attack, or only unusual. */
export const hostile: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...snippets), fc.string({ maxLength: 4, unit: 'binary' })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(...snippets), fc.constantFrom('user', 'user.created', 'The user'))
    .map(([a, b]) => b + a),
  fc.constantFrom(...words),
  fc.oneof(...allowed.map((pattern) => fc.stringMatching(pattern))),
);

/** Such a text, or any other value. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: hostile, weight: 4 },
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, 0, -1, 1, 2, 1.5, 2 ** 53, true, [], {}),
);
