import express, { type Express, type Response } from 'express';

/**
 * Returns an Express app without `x-powered-by` and ETag, since hashing every answer costs more than it saves here. For the
 * same reason, `res.json` ignores Express's settings for spaces and escapes.
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
