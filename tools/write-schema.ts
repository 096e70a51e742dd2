import { writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import { policySchema } from '../src/core/formats/policy-schema.ts';

/** The JSON Schema of .github/pinwheel.yml, for editors. */
export const schemaFile = new URL('../docs/pinwheel.schema.json', import.meta.url);

/** Its text; draft-07 is what the YAML language servers understand. */
export function schemaText(): string {
  const schema = toJsonSchema(policySchema, {
    target: 'draft-07',
    // What an editor should suggest and accept is what a person writes, defaults left out.
    typeMode: 'input',
    // Checks that no pattern can say (is there such a day?) are left to Pinwheel.
    ignoreActions: ['check'],
  });
  const titled = { title: 'Policy of Pinwheel (.github/pinwheel.yml)', ...schema };
  return `${JSON.stringify(titled, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(schemaFile, schemaText());
