import express, { type Express, type Response } from 'express';

/**
 * An Express app without `x-powered-by` and ETag: hashing every answer costs more than it saves here. Its `res.json` is
 * a bare one, without Express's settings for spaces and escapes, for the same reason.
 */
export function bareApp(): Express {
  const app = express().disable('x-powered-by').disable('etag');
  app.response.json = json;
  return app;
}

function json(this: Response, body: unknown): Response {
  if (!this.hasHeader('content-type')) this.setHeader('content-type', 'application/json; charset=utf-8');
  return this.end(JSON.stringify(body));
}
