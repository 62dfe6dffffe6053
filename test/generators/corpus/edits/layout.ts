import { format } from 'prettier';
import { edit, type Edit } from './edit.ts';

const app = 'src/app.ts';
const schema = 'src/schemas/order-schema.ts';

/** An owner who changes the layout of one file alone gets the newer text: docs/decisions/merge.md. */
const inTheGeneratedLayout = {
  after: Object.fromEntries(
    ['resource', 'handler-new', 'remove', 'remove-consumer', 'newer'].map((version) => [
      version,
      { [app]: [] },
    ]),
  ),
};

/** The same code in another layout. */
export const layout: readonly Edit[] = [
  edit(
    'tabs',
    app,
    (text) => text.replaceAll(/^(?: {2})+/gm, (indent) => '\t'.repeat(indent.length / 2)),
    inTheGeneratedLayout,
  ),
  edit('windows-line-ends', app, (text) => text.replaceAll('\n', '\r\n')),
  edit('a-byte-order-mark', schema, (text) => `\uFEFF${text}`),
  edit('double-quotes', app, (text) => text.replaceAll("'", '"'), inTheGeneratedLayout),
  edit('no-final-line-end', schema, (text) => text.trimEnd()),
  edit('windows-line-ends-and-an-edit', 'src/events/contracts.ts', (text) =>
    text.replace('  published: Object', '  // all public\n  published: Object').replaceAll('\n', '\r\n'),
  ),
  edit(
    'one-import-on-several-lines',
    app,
    [
      [
        "import { createHttpApp, httpServer, type ApiRouter } from 'microservice-runtime/http';",
        "import {\n  createHttpApp,\n  httpServer,\n  type ApiRouter,\n} from 'microservice-runtime/http';",
      ],
    ],
    inTheGeneratedLayout,
  ),
  edit('comments-at-line-ends', schema, [
    ['  total: decimalString(20, 6),\n', '  total: decimalString(20, 6), // with tax\n'],
    ['    note: fields.note,\n', '    note: fields.note, // optional\n'],
  ]),
  edit('a-license-header', app, (text) => `// Copyright (c) The Shop. All rights reserved.\n\n${text}`),
  {
    name: 'other-prettier-options',
    files: {
      '.prettierrc.json': (text) => text.replace('"printWidth": 110', '"printWidth": 80,\n  "semi": false'),
      [app]: formatted,
      [schema]: formatted,
      'src/events/contracts.ts': formatted,
      'src/events/order-publisher.ts': formatted,
      'test/order-router.test.ts': formatted,
    },
  },
];

function formatted(text: string): Promise<string> {
  return format(text, {
    parser: 'typescript',
    printWidth: 80,
    semi: false,
    singleQuote: true,
    endOfLine: 'auto',
  });
}
