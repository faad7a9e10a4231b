#!/usr/bin/env node
// Plain JavaScript, so that a Node too old for TypeScript can still read the reason why it is refused.
const major = Number(process.versions.node.split('.')[0]);
if (major < 26) {
  console.error(
    `Rollbook needs Node 26 and this is Node ${process.versions.node}: run it as "npx rollbook …" or "npm run rollbook -- …", which use the Node 26 that "npm ci" installed.`,
  );
  process.exit(1);
}
// Saves a third of the start-up from the second start on. Where the folder cannot be written, nothing is kept.
const [{ enableCompileCache }, { fileURLToPath }] = await Promise.all([import('node:module'), import('node:url')]);
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/rollbook', import.meta.url)));
await import('./main.ts');
