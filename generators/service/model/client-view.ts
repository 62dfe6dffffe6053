import { code, type Code } from '../../rendering/code.ts';
import { jsonLiteral } from '../../rendering/writers.ts';
import type { Client, ClientExample, ClientOperation } from './answers.ts';
import { resourceNames, type Names } from './names.ts';

export interface ClientView extends Names {
  url: string;
  /** The variable with its address: `TAX_URL`, and its name in the configuration: `taxUrl`. */
  variable: string;
  setting: string;
  /** Of a client from an OpenAPI document. */
  operations?: ClientOperation[] | undefined;
  /** The call of the generated test, with the route and the reply of the fake. */
  call?: ClientCall | undefined;
  types?: string | undefined;
}

interface ClientCall {
  operation: string;
  /** The parameter of the call; empty without one. */
  input: Code;
  /** `GET /rates/:country` */
  route: string;
  reply: { status: number; body?: unknown };
}

/** Returns the data for the templates of a client. */
export function clientView({ name, url, operations, example, types }: Client): ClientView {
  const names = resourceNames(name);
  const variables = { variable: `${names.snake.toUpperCase()}_URL`, setting: `${names.camel}Url` };
  return { ...names, url, ...variables, operations, types, call: exampleCall(operations, example) };
}

function exampleCall(operations: ClientOperation[] = [], example?: ClientExample): ClientCall | undefined {
  const called = operations.find(({ name }) => name === example?.operation);
  if (!called || !example) return undefined;
  const { operation, input, status, answer } = example;
  return {
    operation,
    input: Object.keys(input).length === 0 ? code`` : jsonLiteral(input),
    route: `${called.method.toUpperCase()} ${called.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    reply: { status, ...(answer !== undefined && { body: answer }) },
  };
}
