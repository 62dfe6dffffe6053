import joi from 'joi';
import { ConfigError } from './config-error.ts';
import {
  serviceConfig,
  serviceVariables,
  type ServiceConfig,
  type ServiceVariables,
} from './service-config.ts';

/** Converts `MAIL_FROM` to `mailFrom`. */
export type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>;

/** The values of a service's own variables, by their names in camelCase. */
export type OwnConfig<Variables> = {
  [Name in keyof Variables as CamelCase<Name & string>]: Variables[Name] extends joi.AnySchema<infer Value>
    ? Value
    : never;
};

const secret = /PASSWORD|SECRET|TOKEN|CREDENTIAL|PRIVATE|_KEY$|_URL$|_DSN$/;

/**
 * Reads the variables of every service and those of `ownVariables`: joi schemas by the variable's name, required unless they
 * have a default or `optional()`. MAIL_FROM is returned as `mailFrom`. An empty variable counts as unset. Throws a
 * ConfigError that lists every fault at once and contains no secret.
 */
export function readEnvironment<Variables extends Record<string, joi.Schema> = {}>(
  environment: Readonly<Record<string, string | undefined>>,
  ownVariables?: Variables,
): ServiceConfig & OwnConfig<Variables> {
  const own: Record<string, joi.Schema> = ownVariables ?? {};
  const checked = check(environment, { ...serviceVariables, ...ownSchemas(own) });
  const ownEntries = Object.keys(own).map((name) => [camelCaseVariable(name), checked[name]]);
  const ownConfig: OwnConfig<Variables> = Object.fromEntries(ownEntries);
  return { ...serviceConfig(checked), ...ownConfig };
}

function ownSchemas(own: Record<string, joi.Schema>): joi.SchemaMap {
  const schemas: Record<string, joi.Schema> = {};
  for (const [name, schema] of Object.entries(own)) {
    const flags: { presence?: string; default?: unknown } = schema.describe().flags ?? {};
    const isOpen = flags.presence === undefined && flags.default === undefined;
    schemas[name] = isOpen ? schema.empty('').required() : schema.empty('');
  }
  return schemas;
}

function check(
  environment: Readonly<Record<string, string | undefined>>,
  variables: joi.SchemaMap,
): ServiceVariables & Record<string, unknown> {
  const { value, error } = joi
    .object<ServiceVariables & Record<string, unknown>>(variables)
    .validate(environment, { abortEarly: false, stripUnknown: true, errors: { label: false } });
  if (error) throw new ConfigError(error.details.map((detail) => fault(detail, environment)));
  return value;
}

function fault(
  detail: joi.ValidationErrorItem,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const name = String(detail.path[0]);
  const seen = environment[name];
  if (seen === undefined || seen === '') return `${name} ${unset(detail.message)}`;
  return `${name} ${secret.test(name) ? '(value not shown)' : `is ${JSON.stringify(seen)}:`} ${detail.message}`;
}

function unset(message: string): string {
  return message === 'is required' ? 'is not set' : message;
}

function camelCaseVariable(name: string): string {
  return name.toLowerCase().replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
