import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { compileErrors } from '../support/compile.ts';

/** What the pages use of packages that this repository does not have, as their own types say it. */
const declarations = `
  declare module 'express' {
    import type { IncomingMessage } from 'node:http';
    export interface Request extends IncomingMessage {}
    export interface Response {
      locals: Record<string, unknown>;
      status(code: number): Response;
      set(headers: Record<string, string>): Response;
      send(body: string): Response;
    }
    export type NextFunction = () => void;
  }
  declare module 'hono' {
    interface Context<Variables> {
      req: { header(name: string): string | undefined };
      set<Name extends keyof Variables>(name: Name, value: Variables[Name]): void;
    }
    export type MiddlewareHandler<Env extends { Variables: object }> = (
      context: Context<Env['Variables']>,
      next: () => Promise<void>,
    ) => Promise<globalThis.Response | void>;
  }
  declare module 'aws-lambda' {
    export interface APIGatewayProxyEventV2 { headers: Record<string, string | undefined> }
    export interface APIGatewayProxyResultV2 { statusCode: number; headers?: Record<string, string>; body: string }
  }
`;

const pages = { verify: readFileSync('docs/verify.md', 'utf8'), client: readFileSync('docs/client.md', 'utf8') };

/** The names in the first column of the tables. */
const documented = (page: string) =>
  [...page.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  );
const source = (file: string) => readFileSync(file, 'utf8');
const codesOf = (file: string) => [...source(file).matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code!);
const optionsOf = (file: string) =>
  [
    ...source(file)
      .split('satisfies')[0]!
      .matchAll(/^ {2}readonly (\w+)\??:/gm),
  ].map(([, name]) => name!);

test('the code on the pages compiles', async () => {
  const blocks = Object.entries(pages).flatMap(([page, text]) =>
    [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code], at) => [`${page}-${at}`, code!] as const),
  );
  expect(blocks.length).toBeGreaterThanOrEqual(6);
  const errors = await compileErrors(Object.fromEntries(blocks), declarations);
  expect(errors).toEqual(Object.fromEntries(blocks.map(([name]) => [name, []])));
});

test.each([
  ['verify', 'code', codesOf('verify/verification-error.ts')],
  ['verify', 'option', optionsOf('verify/options.ts')],
  ['client', 'code', codesOf('client/token-manager-error.ts')],
  ['client', 'option', optionsOf('client/options.ts')],
] as const)('docs/%s.md has every %s', (page, _, names) => {
  expect(names.length).toBeGreaterThan(5);
  expect(documented(pages[page])).toEqual(expect.arrayContaining([...names]));
});
