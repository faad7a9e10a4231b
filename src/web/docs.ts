import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { notFound } from './http/problem.ts';
import { createRouter, type Router } from './http/routes.ts';

/** Allows only what the page needs, all of it from this server. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rollbook API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>
`;

// Without `validatorUrl: null` the page sends the document to swagger.io to be validated.
const INIT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', validatorUrl: null, deepLinking: true });\n`;

const TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The reference of the API as a page, all of it served from this machine. */
export function docsRoutes(): Router {
  const router = createRouter();
  const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
  router.get('/docs', (c) =>
    c.body(PAGE, 200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CSP }),
  );
  router.get('/docs/:file', async (c) => {
    const file = c.req.param('file');
    if (file === 'init.js') return c.body(INIT, 200, { 'content-type': 'text/javascript; charset=utf-8' });
    const type = Object.hasOwn(TYPES, file) ? TYPES[file] : undefined;
    if (type === undefined) throw notFound(`file ${file} here`);
    const content = await readFile(join(folder, file));
    return c.body(new Uint8Array(content), 200, { 'content-type': type, 'cache-control': 'private, max-age=3600' });
  });
  return router;
}
