export { createApiClient, type ApiClient, type OperationOptions } from './client/api-client.ts';
export { urlPath } from './client/address.ts';
export { type ClientClock } from './client/clock.ts';
export { createHttpClient, type CallOptions, type HttpClient } from './client/http-client.ts';
export { type HttpClientOptions } from './client/settings.ts';
export { HttpResponseError, InvalidResponseError, type ClientResponse } from './client/response.ts';
