import { edit, type Edit } from './edit.ts';

const compose = 'docker-compose.yml';
const deployment = 'k8s/deployment.yaml';
const pipeline = '.github/workflows/ci.yml';

/** Edits of the files around the code. */
export const configuration: readonly Edit[] = [
  edit('another-port', '.env', [
    ['PORT=8001\n', 'PORT=9001\n'],
    [`@localhost:5432/order_db`, '@localhost:5544/order_db'],
  ]),
  edit('own-variables-in-env', '.env', (text) => `${text}\n# Mail\nMAIL_FROM=shop@example.com\n`),
  edit('a-variable-switched-on', '.env.example', [['# LOG_LEVEL=info\n', 'LOG_LEVEL=debug\n']], {
    after: { newer: { '.env.example': [['# LOG_LEVEL=info\n', 'LOG_LEVEL=debug\n']] } },
  }),
  edit('own-example-variables', '.env.example', [
    [
      'KAFKA_BOOTSTRAP_SERVERS=localhost:9092\n',
      'KAFKA_BOOTSTRAP_SERVERS=localhost:9092\n# The warehouse\nWAREHOUSE_URL=http://localhost:9999\n',
    ],
  ]),
  edit('own-scripts', 'package.json', [
    ['    "test": "mocha",\n', '    "test": "mocha",\n    "test:watch": "mocha --watch",\n'],
    [
      '    "build": "tsc -p tsconfig.build.json",\n',
      '    "build": "tsc -p tsconfig.build.json && node scripts/assets.mjs",\n',
    ],
  ]),
  edit(
    'own-dependencies',
    'package.json',
    [
      ['    "joi": "^18.1.0",\n', '    "joi": "^18.1.0",\n    "p-limit": "^7.1.0",\n'],
      ['    "mocha": "^12.0.0",\n', '    "fast-check": "^4.2.0",\n    "mocha": "^12.0.0",\n'],
    ],
    {
      after: {
        newer: {
          'package.json': [
            ['    "joi": "^18.3.0",\n', '    "joi": "^18.3.0",\n    "p-limit": "^7.1.0",\n'],
            ['    "mocha": "^12.0.0",\n', '    "fast-check": "^4.2.0",\n    "mocha": "^12.0.0",\n'],
          ],
        },
      },
    },
  ),
  edit(
    'a-higher-version',
    'package.json',
    [
      ['"knex": "~3.3.0"', '"knex": "~3.5.0"'],
      ['"joi": "^18.1.0"', '"joi": "^18.2.0"'],
    ],
    {
      after: { newer: { 'package.json': [['"knex": "~3.4.0"', '"knex": "~3.5.0"']] } },
    },
  ),
  edit('own-metadata', 'package.json', [
    ['  "version": "1.0.0",\n', '  "version": "1.7.3",\n'],
    ['  "type": "module",\n', '  "license": "UNLICENSED",\n  "author": "The shop",\n  "type": "module",\n'],
  ]),
  edit('a-script-removed', 'package.json', [['    "db:seed": "knex seed:run",\n', '']]),
  edit('own-compose-service', compose, [
    [
      '\nvolumes:\n',
      '\n  mail:\n    image: axllent/mailpit\n    ports:\n      - "127.0.0.1:8025:8025"\n    networks:\n      - microservices\n\nvolumes:\n'.replaceAll(
        '"',
        "'",
      ),
    ],
  ]),
  edit('another-compose-port', compose, [["'127.0.0.1:5432:5432'", "'127.0.0.1:5544:5432'"]]),
  edit('own-compose-variables', compose, [
    [
      '      LOG_LEVEL: ${LOG_LEVEL:-info}\n',
      '      LOG_LEVEL: ${LOG_LEVEL:-warn} # the platform collects the rest\n      MAIL_FROM: shop@example.com\n',
    ],
  ]),
  edit('an-older-postgres', compose, [['image: postgres:18', 'image: registry.example.com/postgres:16']], {
    conflicts: { newer: [compose] },
  }),
  edit('more-replicas', deployment, [['  replicas: 3\n', '  replicas: 5\n']]),
  edit('own-resources', deployment, [['              cpu: 100m\n', '              cpu: 500m\n']]),
  edit(
    'another-memory-limit',
    deployment,
    [['              memory: 256Mi\n', '              memory: 1Gi\n']],
    {
      conflicts: { newer: [deployment] },
    },
  ),
  edit('own-container-variables', deployment, [
    [
      '          env: &secrets\n',
      '          env: &secrets\n            - name: MAIL_PASSWORD\n              valueFrom:\n                secretKeyRef:\n                  name: mail\n                  key: password\n',
    ],
  ]),
  edit(
    'own-literals',
    'k8s/kustomization.yaml',
    [
      [
        '      - KAFKA_BOOTSTRAP_SERVERS=kafka:9092\n',
        '      - KAFKA_BOOTSTRAP_SERVERS=kafka-0:9092,kafka-1:9092\n      - LOG_LEVEL=warn\n',
      ],
    ],
    {
      after: {
        newer: {
          'k8s/kustomization.yaml': [
            ['      - SHUTDOWN_TIMEOUT=20000\n', ''],
            [
              '      - KAFKA_BOOTSTRAP_SERVERS=kafka:9092\n',
              '      - KAFKA_BOOTSTRAP_SERVERS=kafka-0:9092,kafka-1:9092\n      - LOG_LEVEL=warn\n      - SHUTDOWN_TIMEOUT=20000\n',
            ],
          ],
        },
      },
    },
  ),
  edit('own-steps', pipeline, [
    ['      - run: npm run lint\n', '      - run: npm run lint\n      - run: npm audit --omit=dev\n'],
  ]),
  edit(
    'own-job',
    pipeline,
    (text) => `${text}
  notify:
    needs: image
    runs-on: ubuntu-latest
    steps:
      - run: echo done
`,
  ),
  edit(
    'own-step-last',
    pipeline,
    [['      - run: npm test\n', '      - run: npm test\n      - run: npm run coverage\n']],
    {
      after: {
        newer: {
          [pipeline]: [['      - run: npm test\n', '      - run: npm test\n      - run: npm run coverage\n']],
        },
      },
    },
  ),
  edit('own-packages-in-the-image', 'Dockerfile', [
    [
      'FROM base\nENV NODE_ENV',
      'FROM base\nRUN apt-get update && apt-get install --yes --no-install-recommends poppler-utils\nENV NODE_ENV',
    ],
  ]),
  edit(
    'another-base-image',
    'Dockerfile',
    [['FROM node:24-slim AS base', 'FROM registry.example.com/node:24-slim AS base']],
    {
      conflicts: { newer: ['Dockerfile'] },
    },
  ),
  edit('own-compiler-options', 'tsconfig.json', [
    ['    "skipLibCheck": true,\n', '    "skipLibCheck": true,\n    "noFallthroughCasesInSwitch": true,\n'],
    ['"test"]', '"test", "tools"]'],
  ]),
  edit('own-lint-rules', '.oxlintrc.json', [
    [
      '    "typescript/no-misused-promises": "error",\n',
      '    "typescript/no-misused-promises": "error",\n    "eslint/no-console": "error",\n',
    ],
    ['["dist"]', '["dist", "tools"]'],
  ]),
  edit('a-longer-timeout', '.mocharc.json', [
    ['  "recursive": true,\n', '  "recursive": true,\n  "parallel": false,\n'],
  ]),
  edit('more-ignored-files', '.gitignore', (text) => `${text}.idea\nreports/\n`),
  edit('own-readme', 'README.md', [
    [
      'Takes the orders of a shop\n',
      'Takes the orders of a shop. Owned by the team Checkout, see [the runbook](docs/runbook.md).\n',
    ],
    ['## With Docker\n', '## Operations\n\nAsk in #checkout before a deploy.\n\n## With Docker\n'],
  ]),
  edit(
    'a-readme-section-removed',
    'README.md',
    (text) => text.replace(/## On Kubernetes\n[\s\S]*?(?=## Troubleshooting)/, ''),
    {
      conflicts: { newer: ['README.md'] },
    },
  ),
];
