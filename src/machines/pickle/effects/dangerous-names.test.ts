import { describe, expect, it } from "vitest";
import { readAsset } from "../../../bytes/file-source.ts";
import { loadDangerousNames } from "./dangerous-names.ts";
import type { Danger } from "./dangerous-names.ts";
import { EFFECT_NAMES } from "./effects.ts";

const names = loadDangerousNames(readAsset("dangerous-names.json"));

function find(module: string, name: string): Danger | undefined {
  return names.lookup(module, name) ?? names.lookupDotted(module, name);
}

/** Effect, module and name: gadgets of advisories and of public collections of hostile files. */
const GADGETS = `
process pip main
exec idlelib.pyshell ModifiedInterpreter.runcode
exec idlelib.pyshell ModifiedInterpreter.runcommand
exec idlelib.debugobj ObjectTreeItem.SetText
exec idlelib.autocomplete AutoComplete.get_entity
exec idlelib.autocomplete AutoComplete.fetch_completions
exec idlelib.calltip Calltip.fetch_tip
exec idlelib.calltip get_entity
exec idlelib.run Executive.runcode
native ctypes CDLL
attribute _operator attrgetter
call _operator methodcaller
import pydoc locate
import pkgutil resolve_name
exec cProfile run
exec cProfile runctx
exec profile run
exec profile Profile.run
exec profile Profile.runctx
exec trace Trace.run
exec trace Trace.runctx
exec code InteractiveInterpreter.runcode
exec doctest debug_script
nested lib2to3.pgen2.grammar Grammar.loads
exec lib2to3.pgen2.pgen ParserGenerator.make_label
exec torch.utils.bottleneck.__main__ run_cprofile
exec torch._dynamo.guards GuardBuilder.get
exec torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression
process torch.utils.collect_env run
process torch.utils.collect_env run_and_read_all
nested torch.utils.data.datapipes.utils.decoder basichandlers
exec torch.jit.unsupported_tensor_ops execWrapper
nested torch.utils._config_module ConfigModule.load_config
exec torch._inductor.codecache compile_file
process asyncio.unix_events _UnixSubprocessTransport._start
process pty spawn
process ensurepip _run_pip
file distutils.file_util write_file
exec numpy.f2py.crackfortran getlincoef
exec numpy.testing._private.utils runstring
exec timeit timeit
process venv create
process pydoc pipepager
nested torch.serialization load
exec bdb Bdb
exec bdb Bdb.run
exec runpy _run_code
process uuid _get_command_stdout
process _osx_support _read_output
process _aix_support _read_cmd_output
process imaplib IMAP4_stream
process _pyrepl.pager pipe_pager
process test.support.script_helper assert_python_ok
network ssl get_server_certificate
file logging FileHandler
file _io FileIO
network urllib.request urlopen
exec types CodeType
exec types FunctionType
exec cloudpickle.cloudpickle _make_function
exec cloudpickle.cloudpickle _builtin_type
exec cloudpickle.cloudpickle subimport
process mailcap findmatch
process multiprocessing.util spawnv_passfds
process mlflow.projects.backend.local _run_entry_point
nested pandas read_pickle
file pandas read_csv
decode zlib decompress
nested transformers AutoTokenizer.from_pretrained
nested transformers AutoModel.from_pretrained
import transformers.models.auto.auto_factory getattribute_from_module
nested marshal loads
file pathlib Path.write_text
file pathlib PosixPath.touch
import builtins __import__
exec _xxsubinterpreters run_string
exec _interpreters run_string
process platform popen
file linecache getline
attribute gc get_objects
network nntplib NNTP
network smtplib SMTP
network telnetlib Telnet
process setuptools._distutils.spawn spawn
process pipes Template.copy
exec typing _eval_type
exec typing get_type_hints
exec dataclasses _create_fn
call operator call
call concurrent.futures ThreadPoolExecutor.submit
call contextvars Context.run
import site addsitedir
import unittest TestLoader.discover
attribute unittest.mock patch
import unittest.mock _importer
file dotenv set_key
process dotenv.cli run_command
file click open_file
process click edit
attribute inspect getattr_static
attribute types MemberDescriptorType.__get__
attribute statistics mean.__getattribute__
attribute builtins object.__subclasses__
process six.moves getoutput
process botocore.vendored.six.moves getoutput
nested six.moves.cPickle loads
exec scipy.stats norm_gen.__setstate__
network fsspec.implementations.cached WholeFileCacheFileSystem
import pydantic _dynamic_imports
process pydantic _os.system
process random _os.system
process random _os.environ
attribute numpy._core.fromnumeric _wrapfunc
process _pytest._py.path LocalPath.sysexec
process execnet makegateway
native tkinter Tcl
nested yaml unsafe_load
file numpy savetxt
file mailbox mbox.add
exec logging.config dictConfig
file csv DictWriter.writerows
call functools cached_property.__get__
call itertools groupby
call builtins map
call sched scheduler.run
call weakref finalize
call atexit register
file argparse FileType
crash resource setrlimit
crash faulthandler _sigsegv
import copyreg add_extension
nested dill loads
nested joblib load
nested _pickle Unpickler
import optparse Values.read_module
exec torch.hub load
file sqlite3 connect
nested shelve open
file tarfile open
network http.server test
exec logging.config fileConfig
import importlib import_module
exec dill._dill _create_code
process commands getoutput
file anydbm open
network urllib urlopen
attribute SimpleXMLRPCServer resolve_dotted_attribute
exec __builtin__ execfile
call __builtin__ apply
process torch.serialization os.system
process tempfile _os.system
process pathlib os.system
import collections _sys.modules.get
call enum operator.or_
exec joblib.externals.cloudpickle.cloudpickle _make_function
exec ray.cloudpickle.cloudpickle _make_skel_func
exec future.builtins exec
tamper fickling.hook remove_hook
tamper picklescan.scanner scan_file_path
tamper torch.serialization add_safe_globals
native torch.ops load_library
native torch.utils.cpp_extension load_inline
native numpy.ctypeslib load_library
import scipy._lib._uarray._backend unpickle_function
import torch._utils _import_dotted_name
import mypackage.__main__ anything
exec jinja2 Template
exec sympy.core.sympify sympify
`
  .trim()
  .split("\n")
  .map((line) => line.split(" ") as [string, string, string]);

describe("dangerous names", () => {
  it.each(GADGETS)("%s: %s %s", (effect, module, name) => {
    expect(find(module, name)?.effect).toBe(effect);
  });

  it("finds a method of a class that is listed, and the class of a module that is listed whole", () => {
    expect(names.lookup("subprocess", "Popen.communicate")).toMatchObject({
      effect: "process",
      whole: false,
    });
    expect(names.lookup("subprocess", "list2cmdline")).toMatchObject({ whole: true });
    expect(names.lookup("subprocess.sub", "x")).toMatchObject({ whole: true });
    expect(names.lookup("subprocesses", "Popen")).toBeUndefined();
  });

  it("tells the spelling of platforms, C twins and copies from no other module's", () => {
    for (const module of ["posix", "nt", "os", "ce"]) {
      expect(names.lookup(module, "system")).toMatchObject({
        module: "os",
        does: "run a shell command",
      });
    }
    for (const module of ["__builtin__", "__builtins__", "builtins", "six.moves.builtins"]) {
      expect(names.lookup(module, "eval")).toMatchObject({ module: "builtins" });
    }
    expect(names.lookup("pip._vendor.requests.api", "get")?.effect).toBe("network");
    expect(names.lookup("a.b.externals.six.moves.cPickle", "loads")?.effect).toBe("nested");
    expect(names.lookup("vendor", "eval")).toBeUndefined();
  });

  it("takes a name by itself before its module, and says so", () => {
    expect(names.lookup("os", "remove")).toMatchObject({ effect: "file", whole: false });
    expect(names.lookup("os", "getlogin")).toMatchObject({ effect: "process", whole: true });
    expect(names.lookup("os.path", "exists")).toMatchObject({ effect: "file" });
    expect(names.lookup("nt", "_isdir")).toMatchObject({ effect: "process", whole: true });
  });

  it("walks to modules and to attributes that reveal everything", () => {
    expect(names.lookupDotted("random", "_os.system")).toMatchObject({
      module: "os",
      name: "system",
    });
    expect(names.lookupDotted("torch", "serialization.os.system")).toMatchObject({ module: "os" });
    expect(names.lookupDotted("numpy", "testing._private.utils.runstring")).toMatchObject({
      effect: "exec",
    });
    expect(names.lookupDotted("tempfile", "_os")).toMatchObject({ module: "os", whole: true });
    expect(names.lookupDotted("m", "f.__globals__")).toMatchObject({ effect: "attribute" });
    expect(names.lookupDotted("m", "f.__new__")).toBeUndefined();
    expect(names.lookupDotted("m", "Outer.Inner")).toBeUndefined();
    expect(names.lookupDotted("m", "_code.interact")).toMatchObject({ effect: "exec" });
  });

  it("says what a whole module does only where walking finds nothing worse", () => {
    expect(names.lookup("tempfile", "_os.system")).toMatchObject({ does: "run a shell command" });
    expect(names.lookup("tempfile", "gettempdir")).toMatchObject({ effect: "file" });
  });

  it("cites advisories", () => {
    expect(names.lookup("pip", "main")?.references).toContain("CVE-2025-1716");
    expect(names.lookup("os", "system")?.references).toContain("CWE-78");
  });

  // Work that grew with the square of a name's length would outlast the test runner's patience.
  it("answers names of any length", () => {
    const long = "a.".repeat(500_000);
    expect(names.lookup(long, long)).toBeUndefined();
    expect(find("os", `${long}os.system`)).toMatchObject({ module: "os" });
    expect(find("m", "_vendor.".repeat(100_000))).toBeUndefined();
    expect(find("_vendor.".repeat(63), "x")).toBeUndefined();
  });

  it("refuses a table that is none", () => {
    expect(() => loadDangerousNames({})).toThrow("not one");
    expect(() => loadDangerousNames({ groups: [{ effect: "magic", does: "x" }] })).toThrow("magic");
  });
});

describe("the table", () => {
  const { groups } = readAsset("dangerous-names.json") as {
    groups: {
      effect: string;
      does: string;
      sentence?: string;
      modules?: string[];
      names?: Record<string, string>;
    }[];
  };

  it('has every effect, and sentences that continue "would"', () => {
    expect(new Set(groups.map(({ effect }) => effect))).toEqual(new Set(EFFECT_NAMES));
    for (const { does, sentence = does, modules = [], names: listed = {} } of groups) {
      expect(does).toMatch(/^[a-z][^.]*$|\.pth/);
      expect(sentence).toMatch(/^[a-z]/);
      expect(modules.length + Object.keys(listed).length).toBeGreaterThan(0);
      for (const name of [
        ...modules,
        ...Object.values(listed).flatMap((list) => list.split(" ")),
      ]) {
        expect(name).toMatch(/^[\w.*]+$/);
      }
    }
  });
});
