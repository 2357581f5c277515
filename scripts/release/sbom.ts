/** What the lock file says of a package. */
interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly name?: string;
}

export interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Component {
  readonly 'bom-ref': string;
  readonly type: 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly object[];
}

/**
 * A software bill of materials, CycloneDX 1.5: the package, and every package whose code is bundled into it, with the digest of its
 * tarball as the lock file has it. It holds no time and no serial number, so that two builds are the same.
 * @param folders of the packages, as the lock file names them
 */
export function sbomOf(
  own: { name: string; version: string; license: string },
  lock: Lock,
  folders: readonly string[],
) {
  const inside = folders.map((folder) => {
    const locked = lock.packages[folder];
    if (!locked) throw new Error(`'${folder}' is bundled, and not in package-lock.json`);
    return component(locked.name ?? folder.replace(/^.*node_modules\//, ''), locked);
  });
  const root = component(own.name, own);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component: root },
    components: inside,
    dependencies: [{ ref: root['bom-ref'], dependsOn: inside.map((one) => one['bom-ref']) }],
  };
}

function component(name: string, { version, integrity, license }: Locked): Component {
  const [, algorithm, digest] = /^sha(\d+)-(.+)$/.exec(integrity ?? '') ?? [];
  return {
    'bom-ref': `${name}@${version}`,
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(digest && { hashes: [{ alg: `SHA-${algorithm}`, content: Buffer.from(digest, 'base64').toString('hex') }] }),
    // An expression, such as (MIT OR Apache-2.0), is no id of SPDX's list.
    ...(license && { licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }] }),
  };
}
