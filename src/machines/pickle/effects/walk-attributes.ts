/**
 * Names that walk. From protocol 4 on a name may have dots, and the unpickler follows them through anything: from
 * `random` by `_os.system` to the shell, from a function by `__globals__` to everything. Serializers only write
 * classes inside classes and their methods.
 */

import type { Danger } from "./dangerous-names.ts";

export interface WalkContext {
  readonly lookup: (module: string, qualname: string) => Danger | undefined;
  /** Whether the table knows modules of this top-level name. */
  readonly isRoot: (name: string) => boolean;
  /** What a module that is listed as a whole does. */
  readonly wholeModule: (module: string) => Danger | undefined;
}

/**
 * Attributes from which a walk reaches namespaces, code, frames or the class hierarchy. `__new__` is not among
 * them: protocols without NEWOBJ_EX write it for harmless classes, and the machine follows the call.
 */
const REVEALING = new Set(
  (
    "__globals__ __builtins__ __subclasses__ __dict__ __getattribute__ __getattr__ __setattr__ __delattr__ " +
    "__code__ __closure__ __defaults__ __kwdefaults__ __func__ __self__ __wrapped__ __call__ __get__ __set__ " +
    "__init__ __init_subclass__ __class_getitem__ __reduce__ __reduce_ex__ __setstate__ __class__ " +
    "__base__ __bases__ __mro__ __import__ __loader__ __spec__ __annotations__ __annotate__ __enter__ __exit__ " +
    "__getitem__ __setitem__ __delitem__ __del__ __prepare__ __instancecheck__ __subclasscheck__ __objclass__ " +
    "gi_frame gi_code cr_frame cr_code cr_origin ag_frame ag_code f_globals f_builtins f_locals f_back f_code " +
    "tb_frame tb_next func_globals func_code func_closure func_dict im_func im_self im_class co_code co_consts"
  ).split(" "),
);

/**
 * Modules whose names name nothing else. A step through another one, such as `code` or `_compile`, counts only
 * where it leads to a name that is listed by itself: functions are called so as well.
 */
const MODULES = new Set(
  (
    "os posix nt sys builtins subprocess shutil socket ssl importlib imp pkgutil runpy zipimport ctypes pickle " +
    "cPickle marshal shelve dill cloudpickle joblib pty popen2 multiprocessing asyncio threading tempfile pathlib " +
    "urllib urllib2 httplib ftplib smtplib telnetlib xmlrpc socketserver requests aiohttp webbrowser zipfile " +
    "tarfile sqlite3 linecache fileinput pydoc pdb bdb cProfile inspect gc weakref atexit operator functools " +
    "itertools contextlib codecs base64 binascii zlib logging mmap msvcrt winreg posixpath ntpath unittest doctest " +
    "distutils setuptools posixsubprocess winapi tkinter fickling picklescan modelscan modelaudit weighbridge"
  ).split(" "),
);

/** Real walks have two or three steps. Of longer ones the end decides, where the target is. */
const MAX_STEPS = 32;

/** Follows the components of a name; undefined where they reach nothing that is dangerous. */
export function walkAttributes(
  module: string,
  qualname: string,
  context: WalkContext,
): Danger | undefined {
  const all = qualname.split(".");
  const components = all.slice(-MAX_STEPS);
  let best: Danger | undefined;
  // The module that the walk has reached, while it is still among modules.
  let reached: string | undefined = all.length === components.length ? module : undefined;
  for (const [index, component] of components.entries()) {
    const rest = components.slice(index + 1).join(".");
    const root = component.replace(/^_{1,2}/, "");
    if (root !== "" && context.isRoot(root)) {
      const certain = MODULES.has(root);
      best = better(best, through(root, rest, certain, context));
      reached = certain || reached !== undefined ? root : undefined;
    } else if (reached !== undefined) {
      reached = `${reached}.${component}`;
      best = better(best, rest === "" ? undefined : context.lookup(reached, rest));
    }
  }
  return best ?? revealing(module, all);
}

/** What is found by stepping into the module `root` and on by `rest`. */
function through(
  root: string,
  rest: string,
  certain: boolean,
  { lookup, wholeModule }: WalkContext,
): Danger | undefined {
  if (rest !== "") {
    const found = lookup(root, rest);
    return found !== undefined && (certain || !found.whole) ? found : undefined;
  }
  if (!certain) {
    return undefined;
  }
  const whole = wholeModule(root);
  return {
    effect: "attribute",
    does: `reach the module ${root}`,
    references: [],
    ...whole,
    module: root,
    name: "",
    whole: true,
  };
}

/** A name that is listed by itself says more than a module that is; of equals the later one. */
function better(a: Danger | undefined, b: Danger | undefined): Danger | undefined {
  if (a === undefined || b === undefined) {
    return b ?? a;
  }
  return b.whole && !a.whole ? a : b;
}

function revealing(module: string, components: readonly string[]): Danger | undefined {
  const component = components.find((name) => REVEALING.has(name));
  return component === undefined
    ? undefined
    : {
        effect: "attribute",
        does: `reach namespaces and code through ${component}`,
        module,
        name: components.slice(0, MAX_STEPS).join("."),
        references: [],
        whole: false,
      };
}
