/** Builds disk images of ISO 9660: one folder, in the primary tree and, where wanted, in one of Joliet. */

export interface IsoFileSpec {
  readonly name: string;
  readonly data: Uint8Array;
  /** The name in the tree of Joliet. */
  readonly joliet?: string;
  /** A Rock Ridge name, and where it points to as a link. */
  readonly ridge?: string;
  readonly linkTo?: string;
  /** Bytes that the big-endian half of the size claims more. */
  readonly liesBy?: number;
}

export interface IsoOptions {
  readonly joliet?: boolean;
  readonly system?: Uint8Array;
  readonly trailing?: Uint8Array;
  /** Put into a sector that nothing refers to. */
  readonly hidden?: Uint8Array;
}

const SECTOR = 2048;

function both(value: number, width: 2 | 4, lie = 0): Buffer {
  const bytes = Buffer.alloc(2 * width);
  bytes.writeUIntLE(value, 0, width);
  bytes.writeUIntBE(value + lie, width, width);
  return bytes;
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((SECTOR - (bytes.length % SECTOR)) % SECTOR)]);
}

function utf16(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

function ridgeOf({ ridge, linkTo }: Partial<IsoFileSpec>): Buffer {
  const parts: Buffer[] = [];
  if (ridge !== undefined) {
    parts.push(Buffer.from([0x4e, 0x4d, 5 + ridge.length, 1, 0]), Buffer.from(ridge));
  }
  if (linkTo !== undefined) {
    const steps = linkTo.split("/").map((step) => {
      const flag = { "": 8, "..": 4 }[step];
      return flag === undefined
        ? Buffer.concat([Buffer.from([0, step.length]), Buffer.from(step)])
        : Buffer.from([flag, 0]);
    });
    const body = Buffer.concat(steps);
    parts.push(Buffer.from([0x53, 0x4c, 5 + body.length, 1, 0]), body);
  }
  return Buffer.concat(parts);
}

interface RecordSpec extends Partial<IsoFileSpec> {
  readonly id: Buffer;
  readonly sector: number;
  readonly size: number;
  readonly isFolder?: boolean;
}

function record(spec: RecordSpec): Buffer {
  const padding = Buffer.alloc(spec.id.length % 2 === 0 ? 1 : 0);
  const ridge = ridgeOf(spec);
  const length = 33 + spec.id.length + padding.length + ridge.length;
  return Buffer.concat([
    Buffer.from([length, 0]),
    both(spec.sector, 4),
    both(spec.size, 4, spec.liesBy),
    Buffer.alloc(7),
    Buffer.from([spec.isFolder === true ? 2 : 0, 0, 0]),
    both(1, 2),
    Buffer.from([spec.id.length]),
    spec.id,
    padding,
    ridge,
  ]);
}

function descriptor(type: number, sectors: number, root: Buffer, escape = ""): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  bytes.write(`${String.fromCharCode(type)}CD001\u0001`, 0, "latin1");
  both(sectors, 4).copy(bytes, 80);
  bytes.write(escape, 88, "latin1");
  both(SECTOR, 2).copy(bytes, 128);
  root.copy(bytes, 156);
  return bytes;
}

/** Writes the image. */
export function buildIso(files: readonly IsoFileSpec[], options: IsoOptions = {}): Buffer {
  const trees = options.joliet === true ? 2 : 1;
  const firstFolder = 16 + trees + 1;
  let next = firstFolder + trees;
  const placed = files.map((file) => {
    const sector = next;
    next += Math.ceil(file.data.length / SECTOR);
    return { ...file, sector };
  });
  const total = next + (options.hidden === undefined ? 0 : 1);
  const system = Buffer.alloc(16 * SECTOR);
  system.set(options.system ?? []);
  const parts: Uint8Array[] = [system];
  const folders: Buffer[] = [];
  for (let tree = 0; tree < trees; tree += 1) {
    const sector = firstFolder + tree;
    const self = { sector, size: SECTOR, isFolder: true };
    const root = record({ ...self, id: Buffer.from([0]) });
    parts.push(descriptor(tree + 1, total, root, tree === 1 ? "%/E" : ""));
    const records = placed.map(({ joliet, ridge, linkTo, ...file }) =>
      record({
        ...file,
        ...(tree === 0 && ridge !== undefined ? { ridge } : {}),
        ...(tree === 0 && linkTo !== undefined ? { linkTo } : {}),
        id: tree === 1 ? utf16(joliet ?? file.name) : Buffer.from(`${file.name};1`),
        size: file.data.length,
      }),
    );
    folders.push(
      padded(Buffer.concat([root, record({ ...self, id: Buffer.from([1]) }), ...records])),
    );
  }
  parts.push(descriptor(255, 0, Buffer.alloc(0)), ...folders);
  parts.push(...placed.map(({ data }) => padded(data)));
  parts.push(padded(options.hidden ?? Buffer.alloc(0)), Buffer.from(options.trailing ?? []));
  return Buffer.concat(parts);
}
