import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./src/ledger/schema/capture.ts', './src/ledger/schema/money.ts'],
  out: './drizzle',
  casing: 'snake_case',
});
