import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import { markRoute } from '../requests/exchange.ts';
import { otherMethods } from '../requests/other-methods.ts';

const files = new Set(['swagger-ui-bundle.js', 'swagger-ui.css']);

/** Addresses are relative, so that the page works behind a gateway that puts the service under a path of its own. */
const initializer = `window.ui = SwaggerUIBundle({
  url: new URL('openapi.json', document.baseURI).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
});
`;

/** `/openapi.json`, and `/docs`, where it can be read and tried; all of it is served from here, nothing from elsewhere. */
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

/** The build puts the files beside the compiled code; from source they are taken from the development dependency. */
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
