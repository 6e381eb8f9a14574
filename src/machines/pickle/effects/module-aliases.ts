/**
 * The modules under which one and the same function can be reached: C twins with a leading underscore
 * (`_io` and `io`), platform modules (`posix`, `nt`, `os`), compatibility layers (`six.moves`, `future`), and copies
 * that packages carry (`pip._vendor`, `joblib.externals`). Python 2 names are not translated here: the machine maps
 * them as `_compat_pickle` does, and the table of dangerous names lists both spellings.
 */

// Longer than any module that is listed; guards against megabytes in a GLOBAL line.
const LONGEST_MODULE = 512;

const TWINS: ReadonlyMap<string, string> = new Map([
  ["__builtin__", "builtins"],
  ["__builtins__", "builtins"],
  ["posix", "os"],
  ["nt", "os"],
  ["ce", "os"],
  ["os2", "os"],
  ["riscos", "os"],
  ["edk2", "os"],
  ["posixpath", "os.path"],
  ["ntpath", "os.path"],
  ["genericpath", "os.path"],
  ["macpath", "os.path"],
  ["os2emxpath", "os.path"],
  ["copy_reg", "copyreg"],
  ["cPickle", "pickle"],
  ["past.builtins", "builtins"],
  ["future.builtins", "builtins"],
  ["future_builtins", "builtins"],
  ["pathlib._local", "pathlib"],
  ["pathlib2", "pathlib"],
  ["multiprocess", "multiprocessing"],
]);

/** The modules of six.moves that are renamed; https://six.readthedocs.io lists them. */
const SIX_MOVES: ReadonlyMap<string, string> = new Map([
  ["BaseHTTPServer", "http.server"],
  ["CGIHTTPServer", "http.server"],
  ["SimpleHTTPServer", "http.server"],
  ["_dummy_thread", "_dummy_thread"],
  ["_thread", "_thread"],
  ["builtins", "builtins"],
  ["cPickle", "pickle"],
  ["configparser", "configparser"],
  ["copyreg", "copyreg"],
  ["dbm_gnu", "dbm.gnu"],
  ["dbm_ndbm", "dbm.ndbm"],
  ["http_client", "http.client"],
  ["http_cookiejar", "http.cookiejar"],
  ["socketserver", "socketserver"],
  ["tkinter", "tkinter"],
  ["urllib_request", "urllib.request"],
  ["urllib", "urllib"],
  ["urllib_robotparser", "urllib.robotparser"],
  ["winreg", "winreg"],
  ["xmlrpc_client", "xmlrpc.client"],
  ["xmlrpc_server", "xmlrpc.server"],
]);

/** Folders in which packages keep copies of others. */
const COPIES = new Set([
  "_vendor",
  "vendor",
  "_vendored",
  "vendored",
  "externals",
  "_externals",
  "extern",
  "third_party",
  "thirdparty",
  "green",
]);

/** Packages that are copied without such a folder, as in `ray.cloudpickle`. */
const COPIED = new Set(["six", "cloudpickle", "dill"]);

/** Prefixes behind which modules of the standard library stand under their own names. */
const SHIMS = [
  "future.moves.",
  "future.backports.",
  "setuptools._",
  "gevent.",
  "gevent._",
  "requests.packages.",
];

/** The module as written, then every module that it may stand for. */
export function moduleAliases(module: string): readonly string[] {
  if (module.length > LONGEST_MODULE) {
    return [];
  }
  const found = new Set([module]);
  // A set grows while it is walked, so each alias gets its own aliases in turn; every step shortens or
  // renames by a fixed table, so it ends.
  for (const name of found) {
    for (const alias of directAliases(name)) {
      if (alias !== "") {
        found.add(alias);
      }
    }
  }
  return [...found];
}

function* directAliases(module: string): Generator<string> {
  const dot = module.indexOf(".");
  const root = dot < 0 ? module : module.slice(0, dot);
  const rest = dot < 0 ? "" : module.slice(dot);
  const twin = TWINS.get(module);
  if (twin !== undefined) {
    yield twin;
  }
  const rootTwin = TWINS.get(root);
  if (rootTwin !== undefined && rest !== "") {
    yield rootTwin + rest;
  }
  if (root.startsWith("_") && !root.startsWith("__")) {
    yield root.slice(1) + rest;
  }
  if (module.startsWith("numpy._core")) {
    yield `numpy.core${module.slice("numpy._core".length)}`;
  }
  if (module.startsWith("six.moves.")) {
    const moved = module.slice("six.moves.".length);
    const end = moved.indexOf(".");
    const real = SIX_MOVES.get(end < 0 ? moved : moved.slice(0, end));
    if (real !== undefined) {
      yield end < 0 ? real : real + moved.slice(end);
    }
  }
  for (const shim of SHIMS) {
    if (module.startsWith(shim)) {
      yield module.slice(shim.length);
    }
  }
  yield* copies(module);
}

function* copies(module: string): Generator<string> {
  const components = module.split(".");
  for (let index = 1; index < components.length; index += 1) {
    const component = components[index] ?? "";
    if (COPIES.has(component)) {
      yield components.slice(index + 1).join(".");
    } else if (COPIED.has(component)) {
      yield components.slice(index).join(".");
    }
  }
}
