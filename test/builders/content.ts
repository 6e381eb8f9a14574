/**
 * Small samples of content that is only named, each with the structure that its identification asks for, and next
 * to most of them a lie: the same magic number in front of something else.
 */

export interface ContentSample {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Bytes that only begin like it. */
  readonly lie?: Buffer;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** Bytes of `length`, zero but for what stands at the given places. */
function place(
  length: number,
  parts: Readonly<Record<number, string | readonly number[]>>,
): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [at, part] of Object.entries(parts)) {
    const content = typeof part === "string" ? latin1(part) : Buffer.from(part);
    content.copy(bytes, Number(at));
  }
  return bytes;
}

function u16(value: number): number[] {
  return [value & 255, (value >> 8) & 255];
}

function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

function be32(value: number): number[] {
  return u32(value).toReversed();
}

/** The first bytes of a sample, then noise that no structure allows. */
function lie(magic: string, length = 256): Buffer {
  return Buffer.concat([latin1(magic), Buffer.alloc(length, 0xe7)]);
}

function elf(type: number, machine = 62): Buffer {
  return place(64, {
    0: "\u007fELF\u0002\u0001\u0001",
    16: [...u16(type), ...u16(machine), ...u32(1)],
    52: [...u16(64), ...u16(56), ...u16(1), ...u16(64), ...u16(1)],
  });
}

function pe(characteristics: number): Buffer {
  return place(512, {
    0: "MZ",
    60: u32(128),
    128: "PE\0\0",
    132: u16(0x8664),
    150: [...u16(characteristics), ...u16(0x20b)],
  });
}

const DEX = place(112, { 0: "dex\n035\0", 32: u32(112), 36: u32(0x70), 40: u32(0x12345678) });

const EXECUTABLES: readonly ContentSample[] = [
  { kind: "elf", bytes: elf(3), lie: lie("\u007fELF\u0002\u0001\u0001") },
  { kind: "elf-object", bytes: elf(1) },
  { kind: "elf-core", bytes: elf(4) },
  { kind: "cubin", bytes: elf(2, 190) },
  { kind: "pe", bytes: pe(0x2022), lie: lie("MZ") },
  { kind: "ape", bytes: latin1(`MZqFpD='\n${"x".repeat(80)}`) },
  {
    kind: "dos",
    bytes: place(512, { 0: "MZ", 4: u16(1), 8: u16(4) }),
    lie: place(512, { 0: "MZ", 4: u16(7), 8: u16(4) }),
  },
  {
    kind: "mach-o",
    bytes: place(64, {
      0: [0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1],
      12: [...u32(2), ...u32(1), ...u32(8)],
    }),
    lie: lie("\u00cf\u00fa\u00ed\u00fe"),
  },
  {
    kind: "mach-o-universal",
    bytes: place(128, {
      0: [
        0xca,
        0xfe,
        0xba,
        0xbe,
        ...be32(1),
        ...be32(0x0100000c),
        ...be32(0),
        ...be32(64),
        ...be32(64),
      ],
    }),
    lie: lie("\u00ca\u00fe\u00ba\u00be"),
  },
  { kind: "java-class", bytes: place(32, { 0: [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, 0, 16, 10] }) },
  {
    kind: "wasm",
    bytes: latin1("\0asm\u0001\0\0\0\u0001\u0004\u0001\u0060\0\0"),
    lie: lie("\0asm\u0002\0\0\0"),
  },
  { kind: "dex", bytes: DEX, lie: lie("dex\n035\0") },
  {
    kind: "lnk",
    bytes: place(76, { 0: "L\0\0\0\u0001\u0014\u0002\0\0\0\0\0\u00c0\0\0\0\0\0\0F" }),
    lie: lie("L\0\0\0"),
  },
  {
    kind: "lua-bytecode",
    bytes: latin1("\u001bLua\u0053\0\u0019\u0093\r\n\u001a\n"),
    lie: lie("\u001bLua"),
  },
  { kind: "llvm-bitcode", bytes: place(16, { 0: "BC\u00c0\u00de" }) },
  { kind: "fatbin", bytes: place(64, { 0: [0x50, 0xed, 0x55, 0xba, 1, 0, 16, 0, 48] }) },
  { kind: "metallib", bytes: place(64, { 0: "MTLB", 16: u32(64) }) },
  { kind: "spirv", bytes: place(32, { 0: [3, 2, 0x23, 7, 0, 3, 1, 0], 12: u32(9) }) },
  // Python 2.7, 3.3, 3.6, 3.8, 3.13.
  ...(
    [
      [62_211, 8],
      [3230, 12],
      [3379, 12],
      [3413, 16],
      [3571, 16],
    ] as const
  ).map(([magic, at]) => ({
    kind: "pyc",
    bytes: place(64, { 0: [...u16(magic), 13, 10], [at]: [0xe3] }),
    lie: place(64, { 0: [...u16(magic), 13, 10], [at]: [0x29] }),
  })),
];

const ARCHIVES: readonly ContentSample[] = [
  {
    kind: "deb",
    bytes: latin1("!<arch>\ndebian-binary   1342943816  0     0     100644  4         `\n2.0\n"),
  },
  { kind: "ar", bytes: latin1(`!<arch>\n${"/".padEnd(58)}\`\n`), lie: lie("!<arch>\n") },
  {
    kind: "rpm",
    bytes: place(96, { 0: [0xed, 0xab, 0xee, 0xdb, 3] }),
    lie: lie("\u00ed\u00ab\u00ee\u00db"),
  },
  { kind: "cpio", bytes: latin1(`070701${"0".repeat(104)}`) },
  // What compress writes for "abcabc".
  {
    kind: "compress",
    bytes: Buffer.from("1f9d9061c48c091400", "hex"),
    lie: lie("\u001f\u009d\u0090"),
  },
  {
    kind: "dmg",
    bytes: place(1024, { 512: "koly\0\0\0\u0004" }),
    lie: place(1024, { 500: "koly\0\0\0\u0004" }),
  },
  { kind: "squashfs", bytes: place(96, { 0: "hsqs", 20: u16(1), 28: u16(4) }), lie: lie("hsqs") },
  { kind: "lzip", bytes: latin1("LZIP\u0001\u0014"), lie: lie("LZIP\u0001") },
  {
    kind: "wim",
    bytes: place(208, { 0: "MSWIM\0\0\0", 8: u32(208) }),
    lie: place(208, { 0: "MSWIM\0\0\0" }),
  },
  { kind: "xar", bytes: place(64, { 0: "xar!", 4: [0, 28, 0, 1] }), lie: lie("xar!") },
  {
    kind: "lha",
    bytes: latin1("\u0020\u0050-lh5-".padEnd(20, "\u0001") + "\u0001abc"),
    lie: lie("\u0020\u0050-lh5-"),
  },
  {
    kind: "arj",
    bytes: place(64, { 0: [0x60, 0xea, 42, 0, 34], 10: [2] }),
    lie: lie("\u0060\u00ea"),
  },
];

const IMAGES: readonly ContentSample[] = [
  {
    kind: "png",
    bytes: latin1("\u0089PNG\r\n\u001a\n\0\0\0\rIHDR\0\0\0\u0001"),
    lie: lie("\u0089PNG\r\n\u001a\n"),
  },
  {
    kind: "jpeg",
    bytes: place(64, { 0: [255, 216, 255, 224, 0, 16], 20: [255, 219] }),
    lie: place(64, { 0: [255, 216, 255, 224, 0, 16] }),
  },
  {
    kind: "gif",
    bytes: latin1("GIF89a\u0001\0\u0001\0\0\0\0"),
    lie: latin1("GIF89a\0\0\0\0\0\0\0"),
  },
  { kind: "webp", bytes: latin1("RIFF\u0010\0\0\0WEBPVP8 \0\0\0\0\0\0\0\0") },
  { kind: "qoi", bytes: place(22, { 0: "qoif", 12: [4, 0] }), lie: lie("qoif") },
  {
    kind: "bmp",
    bytes: place(64, { 0: "BM", 2: u32(64), 10: u32(54), 14: u32(40) }),
    lie: lie("BM"),
  },
  {
    kind: "tiff",
    bytes: place(32, { 0: [73, 73, 42, 0, 8, 0, 0, 0, 1, 0, 0, 1, 3] }),
    lie: lie("II\u002a\0"),
  },
  {
    kind: "ico",
    bytes: place(128, { 0: [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, ...u32(64), ...u32(22)] }),
    lie: lie("\0\0\u0001\0\u0001\0"),
  },
  { kind: "psd", bytes: latin1("8BPS\0\u0001\0\0\0\0\0\0\0\u0003") },
  { kind: "jp2", bytes: latin1("\0\0\0\u000cjP  \r\n\u0087\n\0\0\0\u0014ftypjp2 ") },
  { kind: "exr", bytes: latin1("\u0076\u002f\u0031\u0001\u0002\0\0\0channels\0") },
  { kind: "dds", bytes: place(128, { 0: "DDS ", 4: u32(124) }), lie: lie("DDS ") },
  { kind: "hdr", bytes: latin1("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n\u0002\u0002\0\u0001") },
];

/** Frames of MPEG 1 layer III at 128 kbit/s and 44.1 kHz: 417 bytes each. */
const FRAMES = Buffer.concat(
  Array.from({ length: 5 }, () => place(417, { 0: [0xff, 0xfb, 0x90, 0] })),
);

const MEDIA: readonly ContentSample[] = [
  { kind: "wav", bytes: latin1("RIFF\u0024\0\0\0WAVEfmt \u0010\0\0\0") },
  { kind: "avi", bytes: latin1("RIFF\u0024\0\0\0AVI LIST\u0010\0\0\0") },
  { kind: "aiff", bytes: latin1("FORM\0\0\0\u0010AIFFCOMM\0\0\0\u0012") },
  { kind: "flac", bytes: latin1("fLaC\0\0\0\u0022\u0010\0\u0010\0"), lie: lie("fLaC") },
  { kind: "ogg", bytes: place(64, { 0: "OggS\0\u0002" }), lie: lie("OggS\0") },
  { kind: "midi", bytes: latin1("MThd\0\0\0\u0006\0\u0001\0\u0001\0\u0060"), lie: lie("MThd") },
  { kind: "au", bytes: place(64, { 0: ".snd", 4: be32(24), 12: be32(1) }), lie: lie(".snd") },
  { kind: "mp3", bytes: latin1("ID3\u0003\0\0\0\0\0\u0010TIT2\0"), lie: lie("ID3\u0003\0\0") },
  { kind: "mp3", bytes: FRAMES, lie: lie("\u00ff\u00fb\u0090\0") },
  {
    kind: "mp4",
    bytes: place(64, { 0: be32(24), 4: "ftypisom" }),
    lie: lie("\0\0\0\u0018ftyp\u0001"),
  },
  { kind: "heif", bytes: place(64, { 0: be32(24), 4: "ftypavif" }) },
  {
    kind: "matroska",
    bytes: latin1("\u001a\u0045\u00df\u00a3\u0087\u0042\u0082\u0084webm\0\0"),
    lie: lie("\u001a\u0045\u00df\u00a3"),
  },
  { kind: "asf", bytes: Buffer.from("3026b2758e66cf11a6d900aa0062ce6c00000000", "hex") },
  { kind: "flv", bytes: latin1("FLV\u0001\u0005\0\0\0\u0009\0\0\0\0"), lie: lie("FLV\u0001") },
  {
    kind: "font",
    bytes: place(160, { 0: [0, 1, 0, 0, 0, 4], 12: "cmap", 28: "glyf", 44: "head", 60: "hhea" }),
    lie: lie("\0\u0001\0\0\0\u0004"),
  },
  { kind: "woff", bytes: place(44, { 0: "wOF2", 8: be32(44) }), lie: lie("wOF2") },
];

export const BINARY_SAMPLES: readonly ContentSample[] = [
  ...EXECUTABLES,
  ...ARCHIVES,
  ...IMAGES,
  ...MEDIA,
];
