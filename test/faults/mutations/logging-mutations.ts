import type { Mutation } from './mutation.ts';

/** The promises of the log about secrets and terminals. */
const file = 'runtime/logging/logger.test.ts';

export const loggingMutations: readonly Mutation[] = [
  {
    name: 'secret fields are logged',
    mechanism: "No log line shows a field in the service's secretFields.",
    changes: [{ file: 'logging/secret-names.ts', find: 'own.has(plainName(name)) || ', replace: '' }],
    noticedBy: {
      file,
      title: 'never writes a secret field of the service, in any spelling and at any depth',
    },
  },
  {
    name: 'only known names are secret',
    mechanism: 'No log line shows a field with a secret name.',
    changes: [
      {
        file: 'logging/secret-names.ts',
        find: "words.test(snake) || ends.test(snake) || parts.test(snake.replaceAll('_', ''))",
        replace: "['password', 'authorization', 'cookie', 'token'].includes(snake)",
      },
    ],
    noticedBy: { file, title: 'hides fields by the words of their names' },
  },
  {
    name: 'errors are written as they are',
    mechanism: 'No log line shows a secret in an error, a class instance, an array or child bindings.',
    changes: [
      {
        file: 'logging/secrets.ts',
        find: 'return withoutSecrets(writtenError(value), left - 1);',
        replace: 'return writtenError(value);',
      },
    ],
    noticedBy: {
      file,
      title: 'hides them in arrays, class instances, errors, causes and child bindings',
    },
  },
  {
    name: 'addresses are logged whole',
    mechanism: 'No log line shows the password of an address.',
    changes: [
      {
        file: 'logging/address-secrets.ts',
        find: "if (!text.includes('://')) return text;",
        replace: 'if (text) return text;',
      },
    ],
    noticedBy: { file, title: 'hides passwords and tokens of addresses in any text' },
  },
  {
    name: 'parameters are logged whole',
    mechanism: 'No log line shows the value of a parameter with a secret name.',
    changes: [
      {
        file: 'logging/parameter-secrets.ts',
        find: 'if (!isThere) return text;',
        replace: 'if (text) return text;',
      },
    ],
    noticedBy: {
      file: 'runtime/logging/secrets.test.ts',
      title: 'shows no value of a parameter whose name says that it is secret',
    },
  },
  {
    name: 'credentials in texts are logged',
    mechanism: 'No log line shows a credential with a recognizable format.',
    changes: [{ file: 'logging/credential-forms.ts', find: 'return shown;', replace: 'return text;' }],
    noticedBy: {
      file: 'runtime/logging/secrets.test.ts',
      title: 'shows no credential with a recognizable format',
    },
  },
  {
    name: 'serializers of children are trusted',
    mechanism: "No log line shows a secret from a toJSON, or from a child logger's serializer or formatter.",
    changes: [
      {
        file: 'logging/child-loggers.ts',
        find: '(value: unknown) => clean({ [name]: serialize(value) as unknown })[name],',
        replace: 'serialize,',
      },
    ],
    noticedBy: {
      file: 'runtime/logging/secrets.test.ts',
      title: 'hides secrets in the results of serializers and formatters of a child',
    },
  },
  {
    name: 'refused rows are logged',
    mechanism: 'No log line shows the values of a row that PostgreSQL refused.',
    changes: [
      {
        file: 'logging/quoted-rows.ts',
        find: "if (typeof fields['detail'] === 'string') return true;",
        replace: "if (typeof fields['detail'] === 'string') return false;",
      },
    ],
    noticedBy: { file, title: 'never writes the values of a row that PostgreSQL refused' },
  },
  {
    name: 'values that PostgreSQL quotes are logged',
    mechanism: 'No log line shows other row values that PostgreSQL or Knex quotes.',
    changes: [
      {
        file: 'logging/quoted-rows.ts',
        find: 'return { ...fields, ...quoting, detail: isTold ? known : undefined };',
        replace: 'return { ...fields, detail: known };',
      },
    ],
    noticedBy: {
      file,
      title: 'drops row values that PostgreSQL and Knex quote, wherever the error is',
    },
  },
  {
    name: 'log lines are not escaped',
    mechanism: 'Log lines contain no terminal control characters, and keep their values.',
    changes: [
      {
        file: 'logging/logger.ts',
        find: 'beyondAscii.test(text) ? printable(text) : text',
        replace: 'beyondAscii.test(text) ? text : text',
      },
    ],
    noticedBy: { file, title: 'writes no terminal control characters, and keeps the values' },
  },
];
