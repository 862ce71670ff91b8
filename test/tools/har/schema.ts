import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import type { Har } from '../../../src/har.ts';

const require = createRequire(import.meta.url);

/** What the published schema of HAR 1.2 finds wrong; empty = nothing. */
export function schemaProblems(har: Har): string[] {
  const schemas = require('har-schema') as Record<string, { $id: string }>;
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as object);
  ajv.addFormat('date-time', { validate: (text: string) => !Number.isNaN(Date.parse(text)) });
  ajv.addFormat('uri', { validate: (text: string) => URL.canParse(text) });
  ajv.addFormat('ipv4', /^\d+(\.\d+){3}$/);
  ajv.addFormat('ipv6', /^[0-9a-f:.]*:[0-9a-f:.]*$/i);
  for (const [name, schema] of Object.entries(schemas)) if (name !== 'har') ajv.addSchema(schema);
  const valid = ajv.compile(schemas['har']!);
  if (valid(JSON.parse(JSON.stringify(har)))) return [];
  return (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
