/**
 * Names that lead from a template into the interpreter, and names that chat templates have for free. Facts from
 * `jinja2.sandbox`, `transformers.utils.chat_template_utils` and the documentation of Python's `inspect`.
 */

/** Attributes of functions, methods, generators, coroutines, frames and tracebacks. */
const INTERNALS = new Set(
  `gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await f_globals f_builtins
  f_locals f_back f_code func_globals func_code func_closure func_defaults func_dict im_class im_func im_self
  tb_frame tb_next`.split(/\s+/),
);

/** Whether an attribute belongs to Python and not to data. */
export function isInternal(name: string): boolean {
  return /^__\w+__$/u.test(name) || name.startsWith("_TemplateReference__") || INTERNALS.has(name);
}

/** Functions that templates get without asking for them: objects with a module behind them. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  "range",
  "lipsum",
  "dict",
  "cycler",
  "joiner",
  "namespace",
  "raise_exception",
  "strftime_now",
  "caller",
  "super",
]);

/** Names that stand for something without being set. */
export const GIVEN: ReadonlySet<string> = new Set([
  ...FUNCTIONS,
  "loop",
  "self",
  "varargs",
  "kwargs",
]);

/** Objects of web frameworks, through which settings and secrets are reached. */
export const FRAMEWORK: ReadonlySet<string> = new Set([
  "request",
  "config",
  "url_for",
  "get_flashed_messages",
  "current_app",
  "settings",
]);

/** Modules that nobody hands to a chat template for a good reason. */
export const MODULES: ReadonlySet<string> = new Set(
  "os sys subprocess importlib builtins shutil socket ctypes pty commands platform pickle marshal".split(
    " ",
  ),
);

/** Functions that run code, start programs or open files. */
export const DANGEROUS: ReadonlySet<string> = new Set(
  `eval exec execfile compile open __import__ getattr setattr globals locals vars breakpoint input popen system
  check_output check_call getoutput getstatusoutput Popen import_module load_module exec_module spawnl spawnv execl
  execv execve urlopen`.split(/\s+/),
);

/** As methods too; the others, such as `open` and `compile`, may be somebody's method. */
export const DANGEROUS_METHODS: ReadonlySet<string> = new Set(
  `popen system check_output check_call getoutput getstatusoutput Popen import_module load_module exec_module
  execve eval exec mro`.split(/\s+/),
);

/** Filters whose first argument or keyword `attribute` is an attribute, possibly dotted. */
export const BY_ATTRIBUTE: ReadonlySet<string> = new Set(
  "attr map selectattr rejectattr groupby sum sort unique min max join".split(" "),
);
/** Those among them whose first positional argument it is. */
export const ATTRIBUTE_FIRST: ReadonlySet<string> = new Set(
  "attr selectattr rejectattr groupby sum".split(" "),
);
