// The tests with one slip in the code: it is put in while the file is loaded, and the file itself stays as it is.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import tests from '../../vitest.config.ts';

const { file = '', start = 0, end = 0, text = '' } = JSON.parse(process.env['TANDEM_SLIP'] ?? '{}');

const slip = {
  name: 'slip',
  enforce: 'pre' as const,
  load(id: string) {
    if (file === '' || id.split('?')[0] !== resolve(file)) return undefined;
    const code = readFileSync(file, 'utf8');
    return code.slice(0, start) + text + code.slice(end);
  },
};

// A kept transform would bring back the slip of an earlier run.
const fsModuleCache = false;

const projects = (tests.test?.projects ?? []).flatMap((project) =>
  typeof project === 'object' && 'test' in project
    ? [{ ...project, test: { ...project.test, fsModuleCache }, plugins: [slip] }]
    : [],
);

export default defineConfig({ ...tests, test: { ...tests.test, fsModuleCache, projects } });
