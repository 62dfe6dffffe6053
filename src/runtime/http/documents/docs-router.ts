import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import { markRoute } from '../requests/exchange.ts';
import { otherMethods } from '../requests/other-methods.ts';

const files = new Set(['swagger-ui-bundle.js', 'swagger-ui.css']);

/** URLs are relative, so the page works behind a gateway that adds a path prefix. */
const initializer = `window.ui = SwaggerUIBundle({
  url: new URL('openapi.json', document.baseURI).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
});
`;

/** Serves `/openapi.json` and an interactive `/docs`. All files come from this service. */
export function docsRouter(document: object, title: string): Router {
  const router = express.Router({ strict: true });
  const root = swaggerFiles();
  router.get('/openapi.json', (_req, res) => {
    markRoute(res, '/openapi.json');
    res.json(document);
  });
  router.get('/docs', (_req, res) => {
    markRoute(res, '/docs');
    res.type('html').send(page(title));
  });
  router.get('/docs/:file', (req, res, next) => {
    markRoute(res, '/docs/:file');
    const { file } = req.params;
    if (file === 'initializer.js') res.type('js').send(initializer);
    else if (files.has(file)) res.sendFile(file, { root, maxAge: '1d' });
    else next();
  });
  const pages = ['initializer.js', ...files].map((file) => `/docs/${file}`);
  for (const path of ['/openapi.json', '/docs', ...pages]) router.all(path, otherMethods(['get']));
  return router;
}

/** The build copies the files next to the compiled code; in development they come from the dev dependency. */
function swaggerFiles(): string {
  const built = fileURLToPath(new URL('../../swagger-ui/', import.meta.url));
  return existsSync(built)
    ? built
    : dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}

function page(title: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escape(title)}</title>
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/initializer.js"></script>
  </body>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
