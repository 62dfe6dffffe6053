import assert from 'node:assert/strict';
import * as prettier from 'prettier';
import { jsonLiteral } from '../../generators/rendering/writers.ts';
import { layOut } from '../../generators/rendering/layout/lay-out.ts';

const longestName = 40;

/** Source texts of defaults: lone short arguments of a call, longer ones, and those with brackets of their own. */
const values = [
  ...['true', '-2147483648', '-1.5e-7', 'null', "'x'", `"it's"`, String.raw`'it\'s "a"'`],
  ...[27, 28, 29, 60, 100].map((width) => `'${'a word or two '.repeat(8).slice(2, width)}'`),
  ...['{}', '[]', '[1, 2]', "['a', 'b']", "{ ab: [1, 'two', { c: false }], other: 'text' }"],
];

/** Schemas of fields, and the calls that follow them. */
const schemas = [
  ...[
    'textString(255)',
    'decimalString(10, 2)',
    'joi.boolean()',
    'joi.number().integer().min(-2_147).max(2)',
  ],
  ...["joi.string().valid('open')", "joi.string().valid('open', 'on-hold-for-longer', 'closed')"],
].flatMap((schema) => ['', '.allow(null)', '.allow(null).meta(writeOnly)'].map((calls) => schema + calls));

/** Lines of generated objects, as functions of the name of a field. */
const lines: ((name: string) => string)[] = [
  ...values.map((value) => (name: string) => `    ${name}: fields.${name}.default(${value}),`),
  ...values.map((value) => (name: string) => `    ${name}: ${value},`),
  ...schemas.map((schema) => (name: string) => `    ${name}: ${schema},`),
];

const object = (properties: readonly string[]) =>
  `const all = {\n  of: {\n${properties.join('\n')}\n  },\n};\n`;

describe('The layout of the fields of an object', () => {
  it('is that of prettier for names of any length', async () => {
    const names = Array.from({ length: longestName }, (_, index) =>
      `n${'ame'.repeat(13)}`.slice(0, index + 1),
    );
    const all = lines
      .flatMap((line) => names.map(line))
      .map((line) => ({ line, laidOut: layOut(line) }))
      .filter(({ line, laidOut = line }) => laidOut !== line);
    const options = { parser: 'typescript', printWidth: 110, singleQuote: true };
    const expected = await prettier.format(object(all.map(({ line }) => line)), options);
    assert.equal(object(all.map(({ laidOut = '' }) => laidOut)), expected);
  });

  it('is that of prettier for any number and any key of a JSON value', async () => {
    const numbers = [1e21, -1.5e-7, 5e-324, Number.MAX_VALUE, -2_147_483_648, 0];
    const keys = ['$a', 'ä', '漢', '𝒳', 'x-y', '1', '', 'new', 'a b', 'a1'];
    const value = Object.fromEntries(keys.map((key, index) => [key, numbers[index % numbers.length]]));
    const program = `const all = ${jsonLiteral(value).text};\n`;
    const options = { parser: 'typescript', printWidth: 1_000, singleQuote: true };
    assert.equal(program, await prettier.format(program, options));
  });

  it('keeps `__proto__` as a key of the object', async () => {
    const value: unknown = JSON.parse('{"a":{"__proto__":{"b":1}}}');
    const literal = jsonLiteral(value).text;
    assert.equal(literal, "{ a: { ['__proto__']: { b: 1 } } }");
    const { default: read } = (await import(`data:text/javascript,export default ${literal}`)) as {
      default: unknown;
    };
    assert.deepEqual(read, value);
  });
});
