import { code, type Code } from '../../rendering/code.ts';
import type { Rows } from './sample.ts';

/** Sample texts of fields with a common meaning. */
export interface TextKind {
  rows: Rows<string>;
  /** Source text of a value that is not in `rows`; `n`, source text of a number, makes it distinct. */
  numbered: (n: string) => Code;
  /** One value suits several rows, such as a country, unless the field is unique. */
  isShared?: true;
}

const shared = (rows: Rows<string>, numbered: TextKind['numbered']): TextKind => ({
  rows,
  numbered,
  isShared: true,
});

const people: TextKind = {
  rows: ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Mary Jackson'],
  numbered: (n) => code`\`Ada Lovelace \${${n}}\``,
};
const companies: TextKind = {
  rows: ['Northwind', 'Fabrikam', 'Contoso', 'Tailspin'],
  numbered: (n) => code`\`Northwind \${${n}}\``,
};
const products: TextKind = {
  rows: ['Desk lamp', 'Coffee mug', 'Notebook', 'Wall clock'],
  numbered: (n) => code`\`Desk lamp \${${n}}\``,
};

export const emails: TextKind = {
  rows: ['ada@example.com', 'grace@example.com', 'alan@example.com', 'mary@example.com'],
  numbered: (n) => code`\`ada.\${${n}}@example.com\``,
};
export const urls: TextKind = {
  rows: [
    'https://example.com/ada',
    'https://example.com/grace',
    'https://example.com/alan',
    'https://example.com/mary',
  ],
  numbered: (n) => code`\`https://example.com/\${${n}}\``,
};

/** The kinds by the name of the field in snake_case; the first match counts. */
const kinds: readonly (readonly [RegExp, TextKind])[] = [
  [/e_?mail/, emails],
  [
    /(^|_)(password|passphrase|secret|token|api_?key|hash|salt|credentials?)(_|$)/,
    {
      rows: ['k7Qp-2fXv-9sLm', 'w4Td-8hRz-1cNb', 'j6Yg-5vKx-3pWq', 'n3Bs-7mZc-4tVh'],
      numbered: (n) => code`\`k7Qp-2fXv-\${${n}}\``,
    },
  ],
  [
    /(^|_)(pin|otp|cvv|cvc)$/,
    { rows: ['4821', '7390', '1654', '9037'], numbered: (n) => code`\`482\${${n}}\`` },
  ],
  [/(^|_)(url|uri|link|website|homepage|webhook|avatar|image|photo|picture)$/, urls],
  [
    /(^|_)(phone|telephone|mobile|fax|cell)(_number)?$/,
    {
      rows: ['+1 202 555 0101', '+1 202 555 0102', '+1 202 555 0103', '+1 202 555 0104'],
      numbered: (n) => code`\`+1 202 555 0\${110 + ${n}}\``,
    },
  ],
  [
    /(^|_)(first|given|middle)_name$|^forename$/,
    { rows: ['Ada', 'Grace', 'Alan', 'Mary'], numbered: (n) => code`\`Ada \${${n}}\`` },
  ],
  [
    /(^|_)(last|family)_name$|^surname$/,
    { rows: ['Lovelace', 'Hopper', 'Turing', 'Jackson'], numbered: (n) => code`\`Lovelace \${${n}}\`` },
  ],
  [
    /(^|_)(user_?name|nick_?name|login|handle|slug)$/,
    { rows: ['ada', 'grace', 'alan', 'mary'], numbered: (n) => code`\`ada-\${${n}}\`` },
  ],
  [/(^|_)(company|organi[sz]ation|employer|supplier|vendor|brand|manufacturer)(_name)?$/, companies],
  [/(^|_)(product|item|article)(_name)?$/, products],
  [
    /(^|_)(full|display|contact|customer|owner|author|recipient|sender|creator|assignee)_?name$|^(customer|owner|author|recipient|sender|creator|assignee)$/,
    people,
  ],
  [
    /(^|_)ip(_address)?$/,
    {
      rows: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'],
      numbered: (n) => code`\`192.0.2.\${10 + ${n}}\``,
    },
  ],
  [
    /(^|_)(address|street)(_line\d?)?\d?$/,
    {
      rows: ['12 Market Street', '7 Harbor Road', '31 Mill Lane', '5 Castle Square'],
      numbered: (n) => code`\`\${${n}} Market Street\``,
    },
  ],
  [/(^|_)(city|town)$/, shared(['Berlin', 'Lagos', 'Lima', 'Oslo'], (n) => code`\`Berlin \${${n}}\``)],
  [
    /(^|_)(zip|post(al)?_?code|zip_?code|postcode)$/,
    { rows: ['10115', '94103', '75011', '20095'], numbered: (n) => code`String(10_000 + ${n})` },
  ],
  [/(^|_)country_code$/, shared(['DE', 'NG', 'PE', 'NO'], (n) => code`\`DE-\${${n}}\``)],
  [/(^|_)country$/, shared(['Germany', 'Nigeria', 'Peru', 'Norway'], (n) => code`\`Germany \${${n}}\``)],
  [/(^|_)currency(_code)?$/, shared(['EUR', 'USD', 'GBP', 'NOK'], (n) => code`\`EUR-\${${n}}\``)],
  [/(^|_)(language|locale|lang)(_code)?$/, shared(['en', 'de', 'es', 'fr'], (n) => code`\`en-\${${n}}\``)],
  [
    /(^|_)time_?zone$/,
    shared(
      ['Europe/Berlin', 'Africa/Lagos', 'America/Lima', 'Europe/Oslo'],
      (n) => code`\`Etc/GMT+\${${n}}\``,
    ),
  ],
  [
    /(^|_)(status|state|stage|phase)$/,
    shared(['active', 'pending', 'closed', 'paused'], (n) => code`\`step-\${${n}}\``),
  ],
  [
    /(^|_)(type|kind|category|tier|plan|level|role)$/,
    shared(['standard', 'premium', 'basic', 'trial'], (n) => code`\`standard-\${${n}}\``),
  ],
  [/(^|_)colou?r$/, shared(['blue', 'green', 'red', 'yellow'], (n) => code`\`blue-\${${n}}\``)],
  [
    /(^|_)(sku|code|number|reference|ref|barcode|serial)$/,
    { rows: ['A-1001', 'A-1002', 'A-1003', 'A-1004'], numbered: (n) => code`\`A-\${2000 + ${n}}\`` },
  ],
  [
    /(^|_)(title|subject|headline|label|caption)$/,
    {
      rows: ['Welcome', 'Opening hours', 'New in stock', 'Summer break'],
      numbered: (n) => code`\`Welcome, part \${${n}}\``,
    },
  ],
  [
    /(^|_)(description|summary|notes?|comments?|message|body|content|bio|about|reason|text|details|remarks?)$/,
    {
      rows: [
        'Delivered to the front desk.',
        'Please call first.',
        'Back in stock next week.',
        'Open until six.',
      ],
      numbered: (n) => code`\`Delivered to desk \${${n}}.\``,
    },
  ],
];

/** Resources whose names are those of people, of companies, or of products, by their last word. */
const named: readonly (readonly [RegExp, TextKind])[] = [
  [
    /(^|-)(user|customer|person|employee|author|member|contact|account|patient|student|teacher|guest|driver|owner|player|candidate|applicant|agent|artist|client|buyer|seller|subscriber|participant|attendee|visitor|doctor|manager|friend|admin|administrator|lead|passenger|worker|operator|courier)$/,
    people,
  ],
  [
    /(^|-)(company|organi[sz]ation|supplier|vendor|merchant|brand|team|shop|store|partner|tenant|agency|manufacturer|bank|carrier)$/,
    companies,
  ],
  [/(^|-)(product|item|article|part|asset|device|gift)$/, products],
];

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Returns the samples for a text with this name in snake_case, of the resource with this name in kebab-case. */
export function textKind(field: string, resource: string): TextKind {
  const kind = kinds.find(([pattern]) => pattern.test(field))?.[1];
  if (kind) return kind;
  if (field !== 'name') return counted(field.replaceAll('_', ' '));
  return named.find(([pattern]) => pattern.test(resource))?.[1] ?? counted(resource.replaceAll('-', ' '));
}

/** `Shipping method A`, for a text whose name says nothing about its values. */
function counted(words: string): TextKind {
  const stem = upperFirst(words);
  return {
    rows: [`${stem} A`, `${stem} B`, `${stem} C`, `${stem} D`],
    numbered: (n) => code`\`${stem} \${${n}}\``,
  };
}
