/**
 * Sound, moving pictures and fonts. Specifications: RIFF, AIFF, FLAC, Ogg (RFC 3533), MPEG-1/2 audio, ID3v2,
 * ISO 14496-12, Matroska (RFC 9559), ASF, FLV, Standard MIDI files, OpenType.
 */

import { certain } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import { within } from "./peek.ts";
import type { Peek } from "./peek.ts";

export function identifyMedia(file: Peek): ContentKind | undefined {
  return chunked(file) ?? sound(file) ?? mpegAudio(file) ?? video(file) ?? font(file);
}

function chunked(file: Peek): ContentKind | undefined {
  if ((file.is(0, "RIFF") || file.is(0, "RF64")) && file.is(8, "WAVE")) {
    return certain("wav", "a WAV sound", "audio");
  }
  if (file.is(0, "RIFF") && file.is(8, "AVI LIST")) {
    return certain("avi", "an AVI video", "video");
  }
  return file.is(0, "FORM") && (file.is(8, "AIFF") || file.is(8, "AIFC"))
    ? certain("aiff", "an AIFF sound", "audio")
    : undefined;
}

function sound(file: Peek): ContentKind | undefined {
  if (file.is(0, "fLaC") && (file.u8(4) & 0x7f) === 0 && file.is(5, "\0\0\x22")) {
    return certain("flac", "a FLAC sound", "audio");
  }
  if (file.is(0, "OggS\0") && file.u8(5) <= 7 && file.u32(18) === 0) {
    return certain("ogg", "an Ogg sound or video", "audio");
  }
  if (file.is(0, "MThd\0\0\0\x06") && file.u16(8, false) <= 2) {
    return certain("midi", "a MIDI file", "audio");
  }
  if (
    file.is(0, ".snd") &&
    within(file.u32(4, false), 24, file.size) &&
    within(file.u32(12, false), 1, 27)
  ) {
    return certain("au", "an AU sound", "audio");
  }
  return undefined;
}

const BIT_RATES = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;

const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;

/** Length of the layer III frame at `at`; NaN where there is none. */
function frameLength(file: Peek, at: number): number {
  const header = file.u32(at, false);
  const version = (header >>> 19) & 3;
  const rate = SAMPLE_RATES[(header >>> 10) & 3];
  const isFrame = header >>> 21 === 0x7ff && version !== 1 && ((header >>> 17) & 3) === 1;
  const bitRate = BIT_RATES[version === 3 ? 0 : 1][(header >>> 12) & 15];
  if (!isFrame || rate === undefined || bitRate === undefined || bitRate === 0) {
    return Number.NaN;
  }
  // MPEG 1, 2 and 2.5: half as many samples a second each, and half as many a frame from 2 on.
  const perSecond = version === 3 ? rate : rate / (version === 2 ? 2 : 4);
  const size = ((version === 3 ? 144 : 72) * bitRate * 1000) / perSecond;
  return Math.floor(size) + ((header >>> 9) & 1);
}

/** An ID3 tag, or frames that follow one another: a single one is eleven bits. */
function mpegAudio(file: Peek): ContentKind | undefined {
  const tag =
    file.is(0, "ID3") &&
    within(file.u8(3), 2, 4) &&
    [6, 7, 8, 9].every((at) => file.u8(at) < 0x80) &&
    (file.u8(5) & 0x0f) === 0;
  return tag || hasFrames(file) ? certain("mp3", "an MP3 sound", "audio") : undefined;
}

function hasFrames(file: Peek): boolean {
  let at = 0;
  for (let frames = 0; frames < 4; frames += 1) {
    at += frameLength(file, at);
  }
  return !Number.isNaN(at);
}

const STILL = new Set(["avif", "avis", "heic", "heix", "mif1", "msf1", "hevc"]);

function video(file: Peek): ContentKind | undefined {
  if (file.is(4, "ftyp") && within(file.u32(0, false), 16, 1024) && file.u32(0, false) % 4 === 0) {
    const brand = file.text(8, 12);
    if (!/^[\x20-\x7e]{4}$/.test(brand)) {
      return undefined;
    }
    return STILL.has(brand)
      ? certain("heif", "a HEIF or AVIF image", "image")
      : certain("mp4", "an MP4 sound or video", "video");
  }
  if (file.is(0, "\x1a\x45\xdf\xa3") && /\x42\x82.(?:webm|matroska)/s.test(file.text(4, 64))) {
    return certain("matroska", "a Matroska or WebM video", "video");
  }
  if (file.is(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c")) {
    return certain("asf", "an ASF sound or video", "video");
  }
  return file.is(0, "FLV\x01") && file.u32(5, false) === 9
    ? certain("flv", "a Flash video", "video")
    : undefined;
}

function font(file: Peek): ContentKind | undefined {
  const tables = file.u16(4, false);
  const isFont = file.is(0, "OTTO") || file.is(0, "\0\x01\0\0");
  if (isFont && within(tables, 4, 64)) {
    const tags = Array.from({ length: tables }, (_, index) =>
      file.text(12 + 16 * index, 16 + 16 * index),
    );
    return tags.every((tag) => /^[A-Za-z][A-Za-z0-9/ ]{3}$/.test(tag)) && tags.includes("head")
      ? certain("font", "an OpenType font", "data")
      : undefined;
  }
  return (file.is(0, "wOFF") || file.is(0, "wOF2")) && file.u32(8, false) === file.size
    ? certain("woff", "a web font", "data")
    : undefined;
}
