/**
 * Containers of data and databases. Specifications: SQLite file format, HDF5 (superblock), Parquet, Arrow IPC and
 * Feather, ORC, Avro, netCDF classic, MAT-file level 5, TFRecord, LevelDB table, R serialization, PDF, MS-CFB.
 */

import { crc32c } from "./crc32c.ts";
import { certain, likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import { within } from "./peek.ts";
import type { Peek } from "./peek.ts";

export function identifyStore(file: Peek): ContentKind | undefined {
  return (
    columns(file) ??
    database(file) ??
    arrays(file) ??
    records(file) ??
    statistics(file) ??
    document(file)
  );
}

function columns(file: Peek): ContentKind | undefined {
  const footer = footerLength(file);
  if (file.is(0, "PAR1") && file.ends("PAR1") && within(footer, 1, file.size - 12)) {
    return certain("parquet", "a table (Parquet)", "data");
  }
  if (file.is(0, "PARE") && file.ends("PARE")) {
    return certain("parquet", "an encrypted table (Parquet)", "data");
  }
  if (file.is(0, "ARROW1\0\0")) {
    return certain("arrow", "a table (Arrow or Feather)", "data");
  }
  if (file.is(0, "FEA1") && file.ends("FEA1")) {
    return certain("feather", "a table (Feather 1)", "data");
  }
  // A stream: continuation mark, length of the schema message, and the table it starts with.
  const length = file.u32(4);
  const isStream =
    file.is(0, "\xff\xff\xff\xff") &&
    length % 8 === 0 &&
    within(length, 16, file.size - 8) &&
    within(file.u32(8), 4, length - 4);
  if (isStream && within(file.u16(8 + file.u32(8) - file.i32(8 + file.u32(8))), 4, 64)) {
    return likely("arrow-stream", "a stream of tables (Arrow)", "data");
  }
  if (file.is(0, "ORC") && file.ends("ORC", 4)) {
    return certain("orc", "a table (ORC)", "data");
  }
  return file.is(0, "Obj\x01") && /avro\.(?:schema|codec)/.test(file.text(4, 512))
    ? certain("avro", "records (Avro)", "data")
    : undefined;
}

/** The four bytes before the last four. */
function footerLength({ tail }: Peek): number {
  return tail.length < 8
    ? Number.NaN
    : new DataView(tail.buffer, tail.byteOffset + tail.length - 8, 4).getUint32(0, true);
}

function database(file: Peek): ContentKind | undefined {
  const page = file.u16(16, false);
  const isPage = page === 1 || (page >= 512 && (page & (page - 1)) === 0);
  if (file.is(0, "SQLite format 3\0") && isPage) {
    return certain("sqlite", "a database (SQLite)", "data");
  }
  if (file.is(8, "DUCK") && file.size >= 4096) {
    return certain("duckdb", "a database (DuckDB)", "data");
  }
  if (file.u32(16) === 0xbeefc0de && within(file.u32(20), 1, 999)) {
    return certain("lmdb", "a database (LMDB)", "data");
  }
  // TensorFlow's checkpoint index is a LevelDB table; its magic number is at the end.
  return file.size >= 48 && file.ends("\x57\xfb\x80\x8b\x24\x75\x47\xdb")
    ? certain(
        "leveldb-table",
        "an index (LevelDB table), such as of a TensorFlow checkpoint",
        "model",
      )
    : undefined;
}

function arrays(file: Peek): ContentKind | undefined {
  // A user block of 512 bytes, 1 KiB, 2 KiB … may stand before the superblock.
  for (let at = 0; at < file.head.length; at = at === 0 ? 512 : at * 2) {
    if (file.is(at, "\x89HDF\r\n\x1a\n") && within(file.u8(at + 8), 0, 3)) {
      return certain("hdf5", "arrays (HDF5), such as a Keras model", "model");
    }
  }
  if (file.is(0, "CDF") && [1, 2, 5].includes(file.u8(3))) {
    const count = file.u32(4, false);
    return within(count, 0, file.size) || count === 0xffffffff
      ? certain("netcdf", "arrays (netCDF)", "data")
      : undefined;
  }
  if (/^SIMPLE {2}= {20}[TF] /.test(file.text(0, 32))) {
    return certain("fits", "arrays (FITS)", "data");
  }
  const isMatlab =
    file.is(0, "MATLAB 5.0 MAT-file") &&
    (file.is(124, "\0\x01IM") || file.is(124, "\x01\0MI") || file.is(124, "\0\x02IM"));
  return isMatlab ? certain("mat", "arrays (MATLAB)", "data") : undefined;
}

/** TFRecord: a length with a masked CRC-32C of its own in front of each record. */
function records(file: Peek): ContentKind | undefined {
  const length = file.u64(0);
  if (!within(length, 1, file.size - 16)) {
    return undefined;
  }
  const crc = crc32c(file.head.subarray(0, 8));
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  return masked === file.u32(8) ? certain("tfrecord", "records (TFRecord)", "data") : undefined;
}

/** What R writes, once it is unpacked: `save` and `saveRDS`. */
function statistics(file: Peek): ContentKind | undefined {
  if (/^RD[AX][23]\n[AX]\n/.test(file.text(0, 7))) {
    return certain("rdata", "objects of R (RData)", "model");
  }
  const isBinary = file.is(0, "X\n\0\0\0") && within(file.u8(5), 2, 3) && within(file.u8(7), 2, 9);
  const isText = /^A\n[23]\n\d{5,6}\n\d{5,6}\n/.test(file.text(0, 18));
  return isBinary || isText ? certain("rds", "an object of R (RDS)", "model") : undefined;
}

function document(file: Peek): ContentKind | undefined {
  if (/^%PDF-[12]\.\d/.test(file.text(0, 8))) {
    return certain("pdf", "a document (PDF)", "document");
  }
  const isCompound =
    file.is(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") &&
    file.u16(28) === 0xfffe &&
    within(file.u16(26), 3, 4);
  return isCompound
    ? certain("ole", "an OLE document or a Windows installer", "document")
    : undefined;
}
