/** The methods of the operations in an OpenAPI document that a client can call. */
export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';

/** The paths in `paths`, as openapi-typescript writes it, that have an operation with this method. */
export type PathsWith<Paths, M extends Method> = {
  [Path in keyof Paths]: Paths[Path] extends Record<M, object> ? Path : never;
}[keyof Paths] &
  string;

/** The operation of a path and a method. */
export type OperationOf<Paths, Path extends keyof Paths, M extends Method> =
  Paths[Path] extends Record<M, infer Operation> ? Operation : never;

/** The input of an operation: `path`, `query` and `header` with its parameters, and `body`, each if the operation has it. */
export type Input<Operation> = Part<'path', Parameters<Operation, 'path'>> &
  Part<'query', Parameters<Operation, 'query'>> &
  Part<'header', Parameters<Operation, 'header'>> &
  Body<Operation>;

/** The body of the response with a status of 2xx; of `default` if the operation states none. */
export type Result<Operation> = Operation extends { responses: infer Responses }
  ? [Success<Responses>] extends [never]
    ? Responses extends { default: infer Default }
      ? BodyOf<Default>
      : unknown
    : BodyOf<Responses[Success<Responses>]>
  : unknown;

type Part<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : Partial<Value> extends Value
    ? { [N in Name]?: Value }
    : { [N in Name]: Value };

type Parameters<Operation, In extends string> = Operation extends {
  parameters: { [I in In]?: infer Values };
}
  ? Exclude<Values, undefined>
  : never;

type Body<Operation> = Operation extends { requestBody: { content: infer Content } }
  ? { body: Json<Content> }
  : Operation extends { requestBody?: infer Request }
    ? Exclude<Request, undefined> extends { content: infer Content }
      ? [Exclude<Request, undefined>] extends [never]
        ? unknown
        : { body?: Json<Content> }
      : unknown
    : unknown;

/** The types of the content that is JSON. */
type Json<Content> = {
  [Media in keyof Content]: Media extends `${string}json${string}` | '*/*' ? Content[Media] : never;
}[keyof Content];

type BodyOf<Response> = Response extends { content: infer Content }
  ? {
      [Media in keyof Content]: Media extends `${string}json${string}`
        ? Content[Media]
        : Media extends `text/${string}`
          ? string
          : unknown;
    }[keyof Content]
  : undefined;

type Success<Responses> = {
  [Status in keyof Responses]: `${Status & (string | number)}` extends `2${string}` ? Status : never;
}[keyof Responses];
