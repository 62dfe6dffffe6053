export { apiRouter, type ApiRouter, type ApiRouterOptions } from './http/api-router.ts';
export { ifMatch } from './http/requests/entity-tags.ts';
export { type BusHealth, type ReadinessCheck } from './http/management/health.ts';
export { createHttpApp, type HttpApp, type HttpAppOptions, type HttpBus } from './http/http-app.ts';
export { httpServer, type HttpServer, type HttpServerConfig } from './http/http-server.ts';
export { type ApiInfo } from './http/documents/openapi.ts';
export { type Problem } from './http/problems/problem.ts';
export { type Handler, type Route } from './http/requests/route.ts';
