import type { Mutation } from './mutation.ts';

/** What the log promises about secrets. */
export const loggingMutations: readonly Mutation[] = [
  {
    name: 'secret fields are logged',
    mechanism: 'No log line shows a field that the service calls secret.',
    changes: [
      {
        file: '../logging/secrets.ts',
        find: '[...always, ...names]',
        replace: '[...always, ...names.slice(names.length)]',
      },
    ],
    noticedBy: {
      file: 'runtime/logging/logger.test.ts',
      title:
        'never writes a secret field of the service, in whatever way it is spelled and however deep it lies',
    },
  },
  {
    name: 'refused rows are logged',
    mechanism: 'No log line shows the values of a row that PostgreSQL refused.',
    changes: [
      { file: '../logging/secrets.ts', find: 'return withoutValues(value);', replace: 'return value;' },
    ],
    noticedBy: {
      file: 'runtime/logging/logger.test.ts',
      title: 'never writes the values of a row that PostgreSQL refused',
    },
  },
];
