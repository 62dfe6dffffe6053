import { descriptionFault } from '../../core/description-rule.ts';
import { checkOf, type Check } from '../../outside/check.ts';
import {
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  text,
  topic,
  version,
  word,
  type Rule,
} from '../../outside/rules.ts';
import { kebabFault } from '../../outside/kebab-case.ts';
import { seen } from '../../outside/seen.ts';
import { yoRcFile } from '../../core/yo-rc-file.ts';
import { stepFault } from '../sagas/step-grammar.ts';
import { authKinds, ciSystems, participantWorks } from '../model/answers.ts';
import { packageManagers } from '../model/package-managers.ts';
import { grammarFault } from '../fields/grammar.ts';
import { dateFault } from '../model/api-versions.ts';
import { fieldNameFault, resourceNameFault, serviceNameFault } from '../model/name-rules.ts';
import { isOpenApiObject } from '../clients/openapi-document.ts';
import { isCallablePath, isOperationName, methods } from '../clients/operations.ts';
import { clientNameFault, clientUrlFault } from '../clients/client-rules.ts';
import { portRangeFault } from './ports.ts';

const port = number(portRangeFault);
const fields = text(grammarFault);

const rule = (fault: (value: unknown) => string | undefined): Rule<unknown> => ({ fault });

/** The answers that are stored unchanged. Missing answers are asked for; unknown answers are ignored. */
const rules: Record<string, Rule<unknown>> = {
  name: text(serviceNameFault),
  description: text(descriptionFault),
  port,
  databasePort: port,
  packageManager: oneOf(packageManagers),
  auth: oneOf(authKinds),
  ci: oneOf(ciSystems),
  kubernetes: flag,
  updateWorkflow: flag,
};

/** The fields that each older version of a consumed event lacks. */
const lacks: Rule<Record<string, string[] | null>> = {
  fault: (value) =>
    object.fault(value) ??
    Object.entries(value as object)
      .map(([from, names]) =>
        /^[1-9]\d{0,8}$/.test(from) ? lackedFault(names) : `${seen(from)} is not a version`,
      )
      .find((fault) => fault !== undefined),
};

/** The names of fields by other names of theirs. */
const renamesRule: Rule<Record<string, string>> = {
  fault: (value) =>
    object.fault(value) ??
    Object.entries(value as object)
      .flat()
      .map((name) => text(fieldNameFault).fault(name))
      .find((fault) => fault !== undefined),
};

/** The fields that can be null in older events. */
const nullable: Rule<string[]> = { fault: namesFault };

const resourceRules = { name: text(resourceNameFault), fields };
const eventRules = {
  type: word,
  version,
  topic,
  aggregate: word,
  from: word,
  schema: object,
  by: optional(oneOf(['handler', 'projection'])),
  lacks: optional(lacks),
  nullable: optional(nullable),
};
const ownEventRules = {
  type: text(ownEventTypeFault),
  version: optional(version),
  retired: optional(flag),
  state: optional(flag),
  fields: optional(fields),
  renamed: optional(renamesRule),
};
const leavingRules = { field: text(fieldOfResourceFault), to: optional(text(fieldNameFault)) };
const apiRules = {
  resource: text(resourceNameFault),
  version,
  deprecated: optional(text(dateFault)),
  sunset: optional(text(dateFault)),
};
const commandRules = { name: text((name) => kebabFault(name, 'the name of a command')) };
const sagaRules = {
  name: text((name) => kebabFault(name, 'the name of a saga')),
  startedBy: text(ownEventTypeFault),
  steps: rule(stepsFault),
  ends: text(endsFault),
};
const participantRules = {
  request: text(ownEventTypeFault),
  from: word,
  topic,
  step: text(stepFault),
  work: oneOf(participantWorks),
  resource: optional(text(resourceNameFault)),
};
const projectionRules = {
  name: text((name) => kebabFault(name, 'the name of a projection')),
  version,
  from: list,
};
const sourceRules = {
  type: word,
  key: optional(text(fieldNameFault)),
  fields: text((fields) => (fields === '' ? undefined : grammarFault(fields))),
};
const clientRules = {
  name: text(clientNameFault),
  url: text(clientUrlFault),
  operations: optional(rule(operationsFault)),
  example: optional(rule(exampleFault)),
  types: rule((value) => (value === undefined ? undefined : 'the types are in .yo-base')),
};

/** Throws a UsageError for the first answer of a service in `.yo-rc.json` that a run cannot have stored. */
export function checkAnswers(answers: Record<string, unknown>, file: string = yoRcFile): void {
  const check = checkOf(file);
  for (const [name, rule] of Object.entries(rules))
    if (answers[name] !== undefined) check(answers[name], rule, name);
  checkEach(answers, 'resources', resourceRules, check);
  checkEach(answers, 'consumes', eventRules, check);
  checkEach(answers, 'events', ownEventRules, check);
  checkEach(answers, 'apis', apiRules, check);
  checkEach(answers, 'leaving', leavingRules, check);
  checkEach(answers, 'clients', clientRules, check);
  checkEach(answers, 'commands', commandRules, check);
  checkEach(answers, 'sagas', sagaRules, check);
  checkEach(answers, 'participants', participantRules, check);
  checkEach(answers, 'projections', projectionRules, check);
  for (const [index, { from }] of ((answers['projections'] ?? []) as { from: unknown }[]).entries())
    checkEach({ [`projections[${index}].from`]: from }, `projections[${index}].from`, sourceRules, check);
  refuseStrayEvents(answers, check);
}

/** Each event is about a resource of the service. */
function refuseStrayEvents({ events = [], resources = [] }: Record<string, unknown>, check: Check): void {
  const names = (resources as { name: string }[]).map(({ name }) => name);
  const isAbout = text((type) =>
    names.includes(type.split('.')[0] ?? '')
      ? undefined
      : `the service has ${names.length > 0 ? `only the resources: ${names.join(', ')}` : 'no resources'}; delete this event`,
  );
  for (const [index, { type }] of (events as { type: string }[]).entries())
    check(type, isAbout, `events[${index}].type`);
}

function checkEach(
  answers: Record<string, unknown>,
  name: string,
  members: Record<string, Rule<unknown>>,
  check: Check,
): void {
  if (answers[name] === undefined) return;
  for (const [index, item] of check(answers[name], list, name).entries()) {
    const each = check(item, object, `${name}[${index}]`);
    for (const [member, rule] of Object.entries(members))
      check(each[member], rule, `${name}[${index}].${member}`);
  }
}

/** Checks the tables, whose fields are in the form of `--fields`; a table may have none. */
export function checkTables(tables: Record<string, unknown>, file: string = yoRcFile): void {
  const check = checkOf(file);
  for (const [table, columns] of Object.entries(check(tables, object, 'tables'))) {
    const at = `tables[${seen(table)}]`;
    check(table, text(tableFault), `the name of ${at}`);
    if (columns !== '') check(columns, fields, at);
  }
}

const lackedFault = (names: unknown): string | undefined => (names === null ? undefined : namesFault(names));

function namesFault(names: unknown): string | undefined {
  const faults = () => (names as unknown[]).map((name) => text(fieldNameFault).fault(name));
  return list.fault(names) ?? faults().find((fault) => fault !== undefined);
}

function operationsFault(value: unknown): string | undefined {
  const isOperation = (each: unknown) =>
    isOpenApiObject(each) &&
    typeof each['name'] === 'string' &&
    isOperationName(each['name']) &&
    methods.some((method) => method === each['method']) &&
    typeof each['path'] === 'string' &&
    isCallablePath(each['path']);
  return Array.isArray(value) && value.length > 0 && value.every(isOperation)
    ? undefined
    : 'it lists operations with name, method and path';
}

function stepsFault(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return 'it lists at least one step';
  const step = text(stepFault);
  return value.map((name) => step.fault(name)).find((fault) => fault !== undefined);
}

function endsFault(value: string): string | undefined {
  const verbs = value.split('|');
  return verbs.length === 2
    ? verbs.map((verb) => kebabFault(verb, 'the verb of an event')).find((fault) => fault !== undefined)
    : 'it has two verbs, such as confirmed|cancelled';
}

function exampleFault(value: unknown): string | undefined {
  const isExample =
    isOpenApiObject(value) &&
    typeof value['operation'] === 'string' &&
    isOpenApiObject(value['input']) &&
    Number.isInteger(value['status']);
  return isExample ? undefined : 'it has operation, input and status';
}

function ownEventTypeFault(type: string): string | undefined {
  const [resource = '', verb = '', ...more] = type.split('.');
  if (more.length > 0) return 'it must be a resource and a verb, such as order.shipped';
  return resourceNameFault(resource) ?? kebabFault(verb, 'the verb of an event');
}

function fieldOfResourceFault(text: string): string | undefined {
  const [resource = '', name = '', ...more] = text.split('.');
  if (more.length > 0) return 'it must be a resource and a field, such as order.note';
  return resourceNameFault(resource) ?? fieldNameFault(name);
}

const tableFault = (name: string) =>
  /^[a-z][a-z0-9_]{0,62}$/.test(name) ? undefined : 'a table name has lower-case letters, digits and "_"';
