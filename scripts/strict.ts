/** Makes the tables of the generated migrations STRICT, which drizzle-kit cannot say. Part of `npm run generate`. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const folder = new URL('../drizzle/', import.meta.url);
for (const file of readdirSync(folder).filter((name) => name.endsWith('.sql'))) {
  const path = new URL(file, folder);
  const before = readFileSync(path, 'utf8');
  const after = before.replaceAll(/(CREATE TABLE [\s\S]*?\n\));/g, '$1 STRICT;');
  if (after !== before) writeFileSync(path, after);
}
