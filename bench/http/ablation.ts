import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const runtime = join(import.meta.dirname, '..', '..', 'src', 'runtime');

/** A feature of the runtime, and modules that do nothing in its place. */
export interface Feature {
  name: string;
  /** The text for each replaced module, by its path in the runtime; `?actual` imports the replaced module itself. */
  without: Readonly<Record<string, string>>;
}

/** The features of a GET that Express + knex written by hand does not have. */
export const features: readonly Feature[] = [
  {
    name: 'schema',
    without: {
      'http/requests/input.ts': `
        export { fieldError } from './input.ts?actual';
        export const inputCheck = () => undefined;`,
    },
  },
  {
    name: 'log',
    without: {
      'logging/access-log.ts': `
        export const registerAccessTarget = () => undefined;
        export const accessLog = () => () => undefined;`,
    },
  },
  {
    name: 'metrics',
    without: {
      'http/requests/metrics.ts': `
        import { Registry } from 'prom-client';
        export const createRequestMetrics = (registry = new Registry()) => ({ registry, observe: () => undefined });`,
    },
  },
  {
    name: 'context',
    without: {
      'context/context.ts': `
        export const runInContext = (_context, work) => work();
        export const currentContext = () => undefined;`,
    },
  },
  {
    name: 'headers',
    without: { 'http/requests/security-headers.ts': 'export const securityHeaders = () => () => undefined;' },
  },
  {
    name: 'entity tag',
    without: {
      'http/requests/entity-tags.ts': `
        export { ifMatch, entityTag, tagListSchema } from './entity-tags.ts?actual';
        export const withEntityTag = (_req, _res, next) => next();`,
    },
  },
  {
    name: 'limits of statements',
    without: {
      'database/request-limits.ts': 'export const runLimited = (statement, { send }) => send(statement);',
    },
  },
  {
    name: 'names of rows',
    without: {
      'database/rows/row-format.ts': `
        export { wrapSnakeCase } from './row-format.ts?actual';
        export const camelCaseRows = (rows) => rows;`,
    },
  },
];

/** Compiles the runtime without a feature. */
export function without({ name, without: modules }: Feature): Plugin {
  const replaced = new Map(Object.entries(modules).map(([file, text]) => [join(runtime, file), text]));
  return {
    name: `without ${name}`,
    setup(build) {
      const seen = new Set<string>();
      build.onResolve({ filter: /\?actual$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace('?actual', '')),
        suffix: '?actual',
      }));
      build.onLoad({ filter: /\.ts$/ }, ({ path, suffix }) => {
        const contents = suffix === '' ? replaced.get(path) : undefined;
        if (contents === undefined) return undefined;
        seen.add(path);
        return { contents, loader: 'js' };
      });
      build.onEnd(() => {
        const missing = [...replaced.keys()].filter((path) => !seen.has(path));
        if (missing.length > 0)
          throw new Error(`nothing imports ${missing.join(', ')}: the runtime has changed`);
      });
    },
  };
}
