/**
 * Archives and packed streams that are not unpacked here. (Zip, tar, 7z, RAR, cabinets, ISO 9660 and the
 * streams that models come in have formats of their own.) Specifications: GNU ar, RPM, lzip.
 */

import { certain, likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import { within } from "./peek.ts";
import type { Peek } from "./peek.ts";

export function identifyArchive(file: Peek): ContentKind | undefined {
  return unixArchive(file) ?? compress(file) ?? diskImage(file) ?? other(file);
}

function unixArchive(file: Peek): ContentKind | undefined {
  if (file.is(0, "!<arch>\ndebian-binary")) {
    return certain("deb", "a Debian package", "archive");
  }
  if (file.is(0, "!<arch>\n") && (file.size === 8 || file.is(66, "`\n"))) {
    return certain("ar", "a Unix archive, such as a static library", "archive");
  }
  if (file.is(0, "\xed\xab\xee\xdb") && within(file.u8(4), 3, 4) && file.u16(6, false) <= 1) {
    return certain("rpm", "an RPM package", "archive");
  }
  const cpio = /^07070[127][0-7a-fA-F]{20}/.test(file.text(0, 26));
  return cpio ? certain("cpio", "a cpio archive", "archive") : undefined;
}

/**
 * compress(1). Its magic number is two bytes, so the first codes have to make sense: the first is a literal,
 * and none is larger than the table can be by then.
 */
function compress(file: Peek): ContentKind | undefined {
  const flags = file.u8(2);
  if (!file.is(0, "\x1f\x9d") || (flags & 0x60) !== 0 || !within(flags & 0x1f, 9, 16)) {
    return undefined;
  }
  const codes = Math.min(8, Math.floor(((file.head.length - 3) * 8) / 9));
  for (let index = 0; index < codes; index += 1) {
    const bit = index * 9;
    const code = (file.u16(3 + Math.floor(bit / 8)) >> (bit % 8)) & 0x1ff;
    if (code > 256 + index || (index === 0 && code > 255)) {
      return undefined;
    }
  }
  return codes >= 1 ? likely("compress", "a file packed by compress (.Z)", "archive") : undefined;
}

function diskImage(file: Peek): ContentKind | undefined {
  // Apple's trailer: 512 bytes, version 4.
  if (file.ends("koly\0\0\0\x04", 512)) {
    return certain("dmg", "an Apple disk image", "archive");
  }
  if (file.is(0, "hsqs") && file.u16(28) === 4 && within(file.u16(20), 1, 6)) {
    return certain("squashfs", "a SquashFS image", "archive");
  }
  return undefined;
}

function other(file: Peek): ContentKind | undefined {
  if (file.is(0, "LZIP\x01") && within(file.u8(5) & 0x1f, 12, 29)) {
    return certain("lzip", "a file packed by lzip", "archive");
  }
  if (file.is(0, "MSWIM\0\0\0") && file.u32(8) >= 152) {
    return certain("wim", "a Windows image", "archive");
  }
  if (file.is(0, "xar!") && within(file.u16(4, false), 28, 1024) && file.u16(6, false) === 1) {
    return certain("xar", "an xar archive, such as a macOS package", "archive");
  }
  if (file.is(2, "-lh") && file.is(6, "-") && within(file.u8(5), 0x30, 0x78) && file.u8(20) <= 3) {
    return certain("lha", "an LHA archive", "archive");
  }
  if (file.is(0, "\x60\xea") && within(file.u16(2), 30, 2600) && within(file.u8(4), 28, 64)) {
    return file.u8(10) === 2 ? likely("arj", "an ARJ archive", "archive") : undefined;
  }
  return undefined;
}
