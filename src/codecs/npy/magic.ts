/** What tells an npy file, and how long a header NumPy takes. */

export const NPY_MAGIC = "\u0093NUMPY";

/** NumPy itself refuses longer headers since 1.24 unless pickles are allowed. */
export const NUMPY_HEADER_LIMIT = 10_000;
