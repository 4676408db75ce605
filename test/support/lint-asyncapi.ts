// Reads the AsyncAPI document with the parser of its makers: `node test/support/lint-asyncapi.ts FOLDER`, where
// FOLDER/node_modules has `@asyncapi/parser`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

interface Diagnostic {
  message: string;
  path: (string | number)[];
}

interface ParserPackage {
  Parser: new () => { parse(text: string): Promise<{ diagnostics: Diagnostic[] }> };
}

const [folder = '.'] = process.argv.slice(2);
const { Parser }: ParserPackage = createRequire(resolve(folder, 'package.json'))('@asyncapi/parser');
const { diagnostics } = await new Parser().parse(readFileSync('.documents/asyncapi.json', 'utf8'));
for (const { message, path } of diagnostics) console.error(`${path.join('.')}: ${message}`);
process.exitCode = diagnostics.length === 0 ? 0 : 1;
