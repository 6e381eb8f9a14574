/** The numbers that files of this layout begin with, each pickled by itself. */

export const MAGIC = 0x1950a86a20f9469cfc6cn;
export const VERSION = 1001;
