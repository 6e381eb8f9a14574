/**
 * Images. Specifications: PNG (ISO 15948), JPEG (T.81), GIF89a, BMP, RIFF/WebP, TIFF 6.0 and BigTIFF, ICO, PSD,
 * JPEG 2000, OpenEXR, DDS. ISO media files with images are with the other ISO media files.
 */

import { certain } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import { within } from "./peek.ts";
import type { Peek } from "./peek.ts";

export function identifyImage(file: Peek): ContentKind | undefined {
  return (
    portable(file) ?? jpeg(file) ?? bitmap(file) ?? tiff(file) ?? icon(file) ?? professional(file)
  );
}

function portable(file: Peek): ContentKind | undefined {
  if (file.is(0, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR")) {
    return certain("png", "a PNG image", "image");
  }
  if ((file.is(0, "GIF87a") || file.is(0, "GIF89a")) && file.u16(6) > 0 && file.u16(8) > 0) {
    return certain("gif", "a GIF image", "image");
  }
  if (file.is(0, "RIFF") && file.is(8, "WEBPVP8") && file.u32(4) <= file.size) {
    return certain("webp", "a WebP image", "image");
  }
  return file.is(0, "qoif") && within(file.u8(12), 3, 4) && file.u8(13) <= 1
    ? certain("qoi", "a QOI image", "image")
    : undefined;
}

/** The marker after the start of the image is followed by its length, and that by another marker. */
function jpeg(file: Peek): ContentKind | undefined {
  if (!file.is(0, "\xff\xd8\xff") || !within(file.u8(3), 0xc0, 0xfe)) {
    return undefined;
  }
  const length = file.u16(4, false);
  const next = 4 + length;
  const fits =
    length >= 2 && (file.u8(next) === 0xff || (next >= file.head.length && next < file.size));
  return fits ? certain("jpeg", "a JPEG image", "image") : undefined;
}

const BITMAP_HEADERS = new Set([12, 16, 40, 52, 56, 64, 108, 124]);

function bitmap(file: Peek): ContentKind | undefined {
  const fits =
    file.is(0, "BM") &&
    file.u32(2) <= file.size &&
    file.u32(6) === 0 &&
    within(file.u32(10), 26, file.size) &&
    BITMAP_HEADERS.has(file.u32(14));
  return fits ? certain("bmp", "a BMP image", "image") : undefined;
}

/** The offset of the first directory, and as many entries of a known type in it as it says. */
function tiff(file: Peek): ContentKind | undefined {
  const little = file.is(0, "II");
  if (!little && !file.is(0, "MM")) {
    return undefined;
  }
  const version = file.u16(2, little);
  const big = version === 43;
  if (version !== 42 && !(big && file.u16(4, little) === 8 && file.u16(6, little) === 0)) {
    return undefined;
  }
  const at = big ? file.u64(8, little) : file.u32(4, little);
  if (!within(at, 8, file.size - 6)) {
    return undefined;
  }
  // The directory may be at the end, out of sight.
  const count = big ? file.u64(at, little) : file.u16(at, little);
  const type = file.u16(at + (big ? 8 : 2) + 2, little);
  const fits =
    Number.isNaN(count) || (within(count, 1, 4096) && (Number.isNaN(type) || within(type, 1, 18)));
  return fits ? certain("tiff", "a TIFF image", "image") : undefined;
}

function icon(file: Peek): ContentKind | undefined {
  const type = file.u16(2);
  const count = file.u16(4);
  if (file.u16(0) !== 0 || !within(type, 1, 2) || !within(count, 1, 64)) {
    return undefined;
  }
  for (let index = 0; index < count; index += 1) {
    const at = 6 + 16 * index;
    const size = file.u32(at + 8);
    const offset = file.u32(at + 12);
    if (
      file.u8(at + 3) !== 0 ||
      !within(size, 40, file.size) ||
      !within(offset, 6 + 16 * count, file.size - size)
    ) {
      return undefined;
    }
  }
  return certain("ico", "a Windows icon", "image");
}

function professional(file: Peek): ContentKind | undefined {
  if (file.is(0, "8BPS\0\x01\0\0\0\0\0\0")) {
    return certain("psd", "a Photoshop image", "image");
  }
  if (file.is(0, "\0\0\0\x0cjP  \r\n\x87\n")) {
    return certain("jp2", "a JPEG 2000 image", "image");
  }
  if (file.is(0, "\x76\x2f\x31\x01\x02") && file.u8(6) === 0) {
    return certain("exr", "an OpenEXR image", "image");
  }
  if (file.is(0, "DDS ") && file.u32(4) === 124) {
    return certain("dds", "a DirectDraw surface", "image");
  }
  return /^#\?(?:RADIANCE|RGBE)\n/.test(file.text(0, 12))
    ? certain("hdr", "a Radiance image", "image")
    : undefined;
}
