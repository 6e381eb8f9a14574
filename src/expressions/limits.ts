/** How much a condition may be, and may do. All of them count work and never time. */

/** Characters of a condition. */
export const MAX_SOURCE = 4096;
/** Nodes of its syntax tree. */
export const MAX_NODES = 500;
/** Nesting of its syntax. */
export const MAX_DEPTH = 32;
/** Macros inside one another: two lists may be compared with each other, and a third is an attack or a mistake. */
export const MAX_MACROS = 3;
/** Characters of a pattern of `matches`. */
export const MAX_PATTERN = 1024;

/** Nesting of what is asked about. */
export const MAX_INPUT_DEPTH = 64;
/** Values in what is asked about, names of members included. */
export const MAX_INPUT_VALUES = 1_000_000;

/** Steps of an evaluation, foreseen before it starts: less than a second. */
export const MAX_WORK = 5_000_000;
