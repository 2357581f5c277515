import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface Resource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are JSON of any shape
  readonly Properties: any;
  readonly Metadata?: Readonly<Record<string, string>>;
}

interface Json {
  readonly Resources: Readonly<Record<string, Omit<Resource, 'id'>>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

/** What an example's app synthesized. */
export class Assembly {
  /** The example's folder. */
  readonly app: string;
  private readonly folder: string;

  constructor(folder: string, app: string) {
    this.folder = folder;
    this.app = app;
  }

  private json(stack: string): Json {
    return JSON.parse(readFileSync(join(this.folder, `${stack}.template.json`), 'utf8'));
  }

  resources(stack: string, type: string): Resource[] {
    return Object.entries(this.json(stack).Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ id, ...resource }));
  }

  /** The one resource of its type whose logical id matches. */
  resource(stack: string, type: string, id = /./): Resource {
    const found = this.resources(stack, type).filter((resource) => id.test(resource.id));
    if (found.length !== 1) throw new Error(`${stack} has ${found.length} ${type} like ${id}, not one`);
    return found[0]!;
  }

  types(stack: string): Set<string> {
    return new Set(Object.values(this.json(stack).Resources).map(({ Type }) => Type));
  }

  /** What a value of a template leads to: `<logical id>`, or `<stack>.<logical id>` in another stack. */
  // biome-ignore lint/suspicious/noExplicitAny: templates are JSON of any shape
  target(value: any): string {
    const imported: string | undefined = value?.['Fn::ImportValue'];
    if (imported === undefined) return value?.Ref ?? value?.['Fn::GetAtt']?.[0] ?? JSON.stringify(value);
    const [stack = ''] = imported.split(':');
    const output = Object.values(this.json(stack).Outputs ?? {}).find(({ Export }) => Export?.Name === imported);
    return `${stack}.${this.target(output?.Value)}`;
  }

  /** The file that a function starts with. */
  entryOf({ Metadata }: Resource): string {
    return join(this.folder, Metadata!['aws:asset:path']!, 'index.mjs');
  }

  /** A file of the package, as it is installed for this example. */
  packaged(path: string): string {
    const manifest = createRequire(join(this.app, 'app.js')).resolve('cdk-gatehouse/package.json');
    return join(dirname(manifest), path);
  }
}
