import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

interface ConnectionString {
  href: string;
  hosts: string[];
  username: string;
  password: string;
  pathname: string;
  isSRV: boolean;
  searchParams: URLSearchParams;
}
interface Parser {
  ConnectionString: new (text: string) => ConnectionString;
}

const samples = [
  'mongodb://127.0.0.1:27017/tandem_write?replicaSet=rs0',
  'mongodb://a.example.com:27017,b.example.com:27018,c.example.com/tandem?replicaSet=rs0&w=majority&tls=true',
  'mongodb+srv://user:p%40ss%2Fw%3Ard@cluster0.example.mongodb.net/tandem?retryWrites=true&appName=T%20n',
  'mongodb://user:pass@[::1]:27017,localhost/?authSource=admin&readPreferenceTags=dc:ny,rack:1&readPreferenceTags=',
  'mongodb://%2Ftmp%2Fmongodb-27017.sock/tandem',
  'mongodb://bücher.example/tandem?APPNAME=x',
];

// The driver's own copy of its parser.
const require = createRequire(createRequire(import.meta.url).resolve('mongodb'));

const load = async (alias: Record<string, string>): Promise<Parser> => {
  const { outputFiles } = await build({
    entryPoints: [require.resolve('mongodb-connection-string-url')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    alias,
  });
  const module = { exports: {} };
  compileFunction(outputFiles[0]?.text ?? '', ['module', 'exports', 'require'])(
    module,
    module.exports,
    require,
  );
  return module.exports as Parser;
};

const read = ({ ConnectionString }: Parser, text: string) => {
  const { href, hosts, username, password, pathname, isSRV, searchParams } = new ConnectionString(text);
  const appName = searchParams.get('appName');
  return { href, hosts, username, password, pathname, isSRV, appName, parameters: [...searchParams] };
};

test('a bundle reads connection strings as the driver does', async () => {
  const original = await load({});
  const bundled = await load({ 'whatwg-url': './lib/deploy/whatwg-url.ts' });
  for (const sample of samples) expect(read(bundled, sample)).toEqual(read(original, sample));
  for (const parser of [original, bundled])
    expect(() => read(parser, 'http://localhost')).toThrow('mongodb://');
});
