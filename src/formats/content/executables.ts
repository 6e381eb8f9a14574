/**
 * Programs: what an operating system or a virtual machine would run. Random bytes begin with anything, so
 * each needs its headers to fit together and not a magic number alone. Specifications: System V ABI (ELF),
 * Microsoft PE/COFF, Apple Mach-O, WebAssembly core, Android DEX, JVM 4, MS-SHLLINK, CPython's importlib.
 */

import { certain, likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import { within } from "./peek.ts";
import type { Peek } from "./peek.ts";

export function identifyExecutable(file: Peek): ContentKind | undefined {
  return (
    elf(file) ??
    windows(file) ??
    machO(file) ??
    universal(file) ??
    javaClass(file) ??
    webAssembly(file) ??
    dex(file) ??
    pythonBytecode(file) ??
    shortcut(file) ??
    intermediate(file)
  );
}

const ELF_TYPES: Readonly<Record<number, readonly [string, string]>> = {
  1: ["elf-object", "a native object file (ELF)"],
  2: ["elf", "a native program (ELF)"],
  3: ["elf", "a native program or shared library (ELF)"],
  4: ["elf-core", "a core dump (ELF)"],
};

function elf(file: Peek): ContentKind | undefined {
  if (!file.is(0, "\x7fELF")) {
    return undefined;
  }
  const is64 = file.u8(4) === 2;
  const little = file.u8(5) === 1;
  const header = is64 ? 64 : 52;
  const counts = header - 12;
  const type = file.u16(16, little);
  const programs = file.u16(counts + 4, little);
  const sections = file.u16(counts + 8, little);
  const fits =
    within(file.u8(4), 1, 2) &&
    within(file.u8(5), 1, 2) &&
    file.u8(6) === 1 &&
    file.u32(20, little) === 1 &&
    file.u16(counts, little) === header &&
    (programs === 0 || file.u16(counts + 2, little) === (is64 ? 56 : 32)) &&
    (sections === 0 || file.u16(counts + 6, little) === (is64 ? 64 : 40));
  if (!fits) {
    return undefined;
  }
  const machine = file.u16(18, little);
  if (machine === 190) {
    return certain("cubin", "native code for a GPU (CUDA ELF)", "executable");
  }
  const [kind, title] = ELF_TYPES[type] ?? ["elf", "native code (ELF)"];
  return certain(kind, title, "executable");
}

/** Machines of PE files: i386, ARM, ARM64, IA-64, x86-64, EBC, RISC-V, LoongArch, MIPS. */
const PE_MACHINES = new Set([
  0x14c, 0x1c0, 0x1c4, 0xaa64, 0x200, 0x8664, 0xebc, 0x5032, 0x5064, 0x6264, 0x166,
]);

function windows(file: Peek): ContentKind | undefined {
  if (file.is(0, "MZqFpD='")) {
    return certain(
      "ape",
      "a program for several systems (actually portable executable)",
      "executable",
    );
  }
  if (!file.is(0, "MZ")) {
    return undefined;
  }
  const at = file.u32(0x3c);
  if (within(at, 0x40, file.head.length - 24) && file.is(at, "PE\0\0")) {
    const fits =
      PE_MACHINES.has(file.u16(at + 4)) && [0x10b, 0x20b, 0x107].includes(file.u16(at + 24));
    const isLibrary = (file.u16(at + 22) & 0x2000) !== 0;
    const title = isLibrary ? "a Windows library (PE)" : "a Windows program (PE)";
    return fits ? certain("pe", title, "executable") : undefined;
  }
  // DOS: the header states how long the program is.
  const lastPage = file.u16(2);
  const length = file.u16(4) * 512 - (lastPage === 0 ? 0 : 512 - lastPage);
  return lastPage < 512 && length === file.size && within(file.u16(8), 2, length / 16)
    ? certain("dos", "a DOS program (MZ)", "executable")
    : undefined;
}

/** x86, ARM, PowerPC and their 64-bit and 32-on-64-bit variants. */
const MACH_O_CPUS = new Set([7, 12, 18, 0x01000007, 0x0100000c, 0x01000012, 0x0200000c]);

function machO(file: Peek): ContentKind | undefined {
  const magic = file.u32(0, false);
  const little = magic === 0xcefaedfe || magic === 0xcffaedfe;
  if (!little && magic !== 0xfeedface && magic !== 0xfeedfacf) {
    return undefined;
  }
  const fits =
    MACH_O_CPUS.has(file.u32(4, little)) &&
    within(file.u32(12, little), 1, 12) &&
    within(file.u32(16, little), 1, 10_000) &&
    within(file.u32(20, little), 8, file.size);
  return fits ? certain("mach-o", "a macOS program or library (Mach-O)", "executable") : undefined;
}

function universal(file: Peek): ContentKind | undefined {
  const wide = file.is(0, "\xca\xfe\xba\xbf");
  if (!wide && !file.is(0, "\xca\xfe\xba\xbe")) {
    return undefined;
  }
  const offset = wide ? file.u64(16, false) : file.u32(16, false);
  const size = wide ? file.u64(24, false) : file.u32(20, false);
  const fits =
    within(file.u32(4, false), 1, 32) &&
    MACH_O_CPUS.has(file.u32(8, false)) &&
    within(offset, 28, file.size) &&
    within(size, 1, file.size - offset);
  return fits
    ? certain("mach-o-universal", "a macOS program for several processors", "executable")
    : undefined;
}

function javaClass(file: Peek): ContentKind | undefined {
  if (!file.is(0, "\xca\xfe\xba\xbe")) {
    return undefined;
  }
  const tag = file.u8(10);
  const fits =
    within(file.u16(6, false), 45, 90) &&
    file.u16(8, false) > 4 &&
    within(tag, 1, 20) &&
    tag !== 2 &&
    tag !== 13 &&
    tag !== 14;
  return fits ? certain("java-class", "a Java class", "executable") : undefined;
}

function webAssembly(file: Peek): ContentKind | undefined {
  const module = file.is(0, "\0asm\x01\0\0\0");
  if (!module && !file.is(0, "\0asm\x0d\0\x01\0")) {
    return undefined;
  }
  const fits = file.size === 8 || (file.u8(8) <= 13 && file.size > 10);
  return fits ? certain("wasm", "a WebAssembly module", "executable") : undefined;
}

function dex(file: Peek): ContentKind | undefined {
  const fits =
    (file.is(0, "dex\n0") || file.is(0, "dey\n0")) &&
    file.u8(7) === 0 &&
    file.u32(32) <= file.size &&
    file.u32(36) === 0x70 &&
    file.u32(40) === 0x12345678;
  return fits ? certain("dex", "Android bytecode (DEX)", "executable") : undefined;
}

/**
 * CPython's magic number is a counter below `\r\n`. 20121 to 62219: up to 2.7; 3000 to 3399: 3.0 to 3.7; from
 * there on in steps of about 50 a version.
 */
function pythonBytecode(file: Peek): ContentKind | undefined {
  const magic = file.u16(0);
  if (!file.is(2, "\r\n") || !(within(magic, 20_117, 62_299) || within(magic, 3000, 3999))) {
    return undefined;
  }
  // The header grew from 8 to 12 to 16 bytes; then the code object, with or without a reference flag.
  const starts = magic > 3999 ? [8] : [8, 12, 16];
  const fits = starts.some((at) => file.u8(at) === 0x63 || file.u8(at) === 0xe3);
  return fits ? certain("pyc", "Python bytecode", "executable") : undefined;
}

function shortcut(file: Peek): ContentKind | undefined {
  return file.is(0, "L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F")
    ? certain("lnk", "a Windows shortcut", "executable")
    : undefined;
}

/** Code that one more compiler stands in front of. */
function intermediate(file: Peek): ContentKind | undefined {
  if (file.is(0, "\x1bLua") && within(file.u8(4), 0x50, 0x5f) && file.u8(5) === 0) {
    return certain("lua-bytecode", "Lua bytecode", "executable");
  }
  if (file.is(0, "BC\xc0\xde") && file.size % 4 === 0) {
    return likely("llvm-bitcode", "LLVM bitcode", "executable");
  }
  if (file.is(0, "\x50\xed\x55\xba\x01\0\x10\0") && file.u64(8) <= file.size) {
    return certain("fatbin", "native code for GPUs (CUDA fat binary)", "executable");
  }
  if (file.is(0, "MTLB") && file.u64(16) === file.size) {
    return certain("metallib", "native code for GPUs (Metal library)", "executable");
  }
  const spirV =
    file.is(0, "\x03\x02\x23\x07\0") && file.u8(6) === 1 && file.u32(12) > 0 && file.u32(16) === 0;
  return spirV && file.size % 4 === 0
    ? certain("spirv", "code for GPUs (SPIR-V)", "executable")
    : undefined;
}
