/**
 * Every name that a published block list, advisory or bypass holds for dangerous is dangerous here. A `*` stands
 * for any name of the module. Whole modules that ordinary files need are left out of the list, as they
 * are listed name by name: builtins, joblib, uuid, types, copyreg, itertools, logging, pathlib, xml.etree; and
 * `builtins.list`, `numpy.size` and the distributions of scipy.stats, which only do harm to what is
 * dangerous by itself.
 */

import { describe, expect, it } from "vitest";
import { readAsset } from "../../../bytes/file-source.ts";
import { loadDangerousNames } from "./dangerous-names.ts";

const names = loadDangerousNames(readAsset("dangerous-names.json"));

const PUBLISHED = String.raw`
IPython.core.display: *
_aix_support: * _read_cmd_output
_codecs: decode
_compat_pickle: *
_ctypes: *
_frozen_importlib: *
_frozen_importlib_external: *
_functools: partial reduce
_imp: *
_interpreters: *
_io: FileIO FileIO.write TextIOWrapper.write open
_operator: * attrgetter itemgetter methodcaller
_osx_support: * _read_output
_pickle: *
_posixsubprocess: * fork_exec
_pydev_bundle._pydev_execfile: execfile
_pyrepl: *
_pyrepl.pager: pipe_pager
_pytest._py.path: LocalPath.sysexec
_signal: *
_sqlite3: *
_thread: *
_tkinter: TkappType.call TkappType.eval
_xxsubinterpreters: * run_string
aiohttp: *
aiohttp.client: *
argparse: FileType
asyncio: *
asyncio.subprocess: *
asyncio.unix_events._UnixSubprocessTransport: _start
atexit: * register
base64: * b64decode b64encode decode
bdb: *
botocore.vendored.six.moves: getoutput
builtins: breakpoint code compile eval exec execfile input classmethod.__get__ delattr dir getattr globals hasattr locals object.__subclasses__ property.__get__ setattr staticmethod str.format type.__subclasses__ vars __import__ reload file open apply filter map exit quit raw_input str.join
cProfile: * run runctx
cgitb: lookup
click: echo edit open_file
click.utils: LazyFile
cloudpickle: * load loads
cloudpickle.cloudpickle: _builtin_type _function_setstate _make_cell _make_empty_cell _make_function subimport
code: * InteractiveConsole InteractiveInterpreter InteractiveInterpreter.runcode interact
codecs: StreamReaderWriter StreamReaderWriter.write decode encode open
codeop: * compile_command
commands: * run
compile: *
compileall: *
concurrent.futures: ProcessPoolExecutor ProcessPoolExecutor.map ProcessPoolExecutor.shutdown ProcessPoolExecutor.submit ThreadPoolExecutor ThreadPoolExecutor.map ThreadPoolExecutor.shutdown ThreadPoolExecutor.submit
contextlib: ExitStack.__exit__ ExitStack.callback ExitStack.close ExitStack.enter_context
contextvars: Context.run
copyreg: add_extension remove_extension
cryptography: *
csv: DictWriter.writerow DictWriter.writerows
ctypes: * CDLL CFUNCTYPE OleDLL PyDLL WINFUNCTYPE WinDLL cast cdll oledll pydll pythonapi windll
ctypes.util: *
dataclasses: _create_fn
difflib: *
dill: * load load_module load_module_asdict load_session loads
dill._dill: *
distutils: *
distutils.file_util: * write_file
doctest: * debug_script
dotenv: set_key
dotenv.cli: run_command set_key
dotenv.main: set_key
ensurepip: * _run_pip
eval: *
exec: *
execnet: makegateway
faulthandler: _fatal_error_c_thread _read_null _sigabrt _sigfpe _sigsegv _stack_overflow
filecmp: *
fileinput: *
fnmatch: *
fsspec.implementations.cached: WholeFileCacheFileSystem
fsspec.registry: *
ftplib: *
functools: * cache cached_property.__get__ cmp_to_key lru_cache partial partialmethod reduce singledispatch
gc: * get_objects get_referents get_referrers
glob: *
gzip: *
hashlib: *
http: *
httplib: *
idlelib: *
idlelib.autocomplete: AutoComplete.fetch_completions AutoComplete.get_entity
idlelib.calltip: Calltip.fetch_tip get_entity
idlelib.debugobj: ObjectTreeItem.SetText
idlelib.pyshell: ModifiedInterpreter.runcode ModifiedInterpreter.runcommand
idlelib.run: Executive.runcode
imaplib: * IMAP4_stream
imp: *
importlib: * import_module
importlib.machinery: *
importlib.util: *
inspect: * currentframe getattr_static getmembers
io: FileIO FileIO.write TextIOWrapper.write open
itertools: accumulate dropwhile filterfalse groupby starmap takewhile
joblib: _pickle_load load
lib2to3: *
lib2to3.fixer_util: attr_chain
lib2to3.pgen2.grammar: Grammar.loads
lib2to3.pgen2.pgen: ParserGenerator.make_label
linecache: * getline
logging: FileHandler FileHandler.emit Filterer.filter Handler.handle Logger.* StreamHandler config
logging.config: dictConfig fileConfig listen
logging.handlers: RotatingFileHandler TimedRotatingFileHandler WatchedFileHandler
lzma: open
mailbox: Babyl.add MMDF.add _singlefileMailbox.add mbox.add
mailcap: findmatch
marshal: * dump dumps load loads
mlflow.projects.backend.local: _run_entry_point
mmap: *
msvcrt: *
multiprocessing: *
multiprocessing.pool: *
multiprocessing.util: spawnv_passfds
nntplib: *
nt: *
ntpath: *
numpy: load savetxt
numpy._core.fromnumeric: _wrapfunc
numpy.distutils: *
numpy.f2py: *
numpy.f2py.capi_maps: getinit
numpy.f2py.crackfortran: getlincoef
numpy.lib._npyio_impl: savetxt
numpy.lib.npyio: loadtxt
numpy.testing._private.utils: * runstring
operator: * attrgetter call getitem itemgetter methodcaller
optparse: Values.read_module
os: * execl execle execlp execlpe execv execve execvp execvpe popen popen2 popen3 popen4 spawn spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe system
pandas: read_csv read_pickle
pathlib: Path.open Path.touch Path.write_bytes Path.write_text PosixPath.open PosixPath.write_bytes PosixPath.write_text WindowsPath.open WindowsPath.write_bytes WindowsPath.write_text
pdb: * run runcall runctx runeval
pexpect: *
pickle: * load loads
picklemagic: *
pip: * main
pip._internal: * main
pip._internal.cli: *
pip._internal.cli.main: * main
pip._vendor: *
pip._vendor.distlib: *
pip._vendor.distlib.scripts: * ScriptMaker
pipes: * Template.copy Template.open Template.open_r Template.open_w
pkgutil: * get_importer resolve_name walk_packages
platform: * popen system
poplib: *
posix: *
posixpath: *
profile: * run runctx
psutil: *
pty: * spawn
py_compile: *
pydantic: Popen
pydantic._dynamic_imports: *
pydoc: * locate pipepager
random: _os.system
requests: *
requests.api: *
resource: setrlimit
runpy: * _run_code
saferpickle: *
sched: scheduler.enter scheduler.enterabs scheduler.run
select: *
selectors: *
setuptools._distutils.spawn: spawn
shelve: *
shlex: *
shutil: * copy copytree move rmtree
signal: *
site: * addpackage addsitedir main
six.moves: getoutput
six.moves.cPickle: loads
smtplib: *
socket: *
socketserver: *
sqlite3: *
ssl: * get_server_certificate
statistics: mean.__getattribute__
string: Formatter.get_field
subprocess: * Popen call check_call check_output getoutput getstatusoutput run
sympy.utilities.lambdify: lambdify
sys: *
syslog: *
tarfile: * open
telnetlib: *
tempfile: * NamedTemporaryFile mktemp
test: *
test.support: get_attribute
test.support.script_helper: assert_python_ok
threading: *
timeit: * repeat timeit
tkinter: Tcl
torch: compile load
torch._dynamo: *
torch._dynamo.guards: GuardBuilder.get
torch._inductor: *
torch._inductor.codecache: compile_file
torch.compile: *
torch.distributed.elastic.rendezvous.api: basichandlers
torch.distributed.rpc: RemoteModule remote rpc_async rpc_sync
torch.fx.experimental.symbolic_shapes: ShapeEnv.evaluate_guards_expression
torch.hub: * load load_state_dict_from_url
torch.jit: * unsupported_tensor_ops
torch.jit.unsupported_tensor_ops: execWrapper
torch.serialization: load os.system
torch.storage: _load_from_bytes
torch.utils._config_module: ConfigModule ConfigModule.load_config
torch.utils.bottleneck.__main__: run_autograd_prof run_cprofile
torch.utils.collect_env: run run_and_read_all
torch.utils.data.datapipes.utils.decoder: basichandlers
trace: * Trace.run Trace.runctx
transformers: AutoTokenizer.from_pretrained
transformers.models.auto.auto_factory: getattribute_from_module
types: ClassMethodDescriptorType.__get__ CodeType DynamicClassAttribute.__get__ FrameType.f_builtins.__get__ FrameType.f_globals.__get__ FrameType.f_locals.__get__ FunctionType GetSetDescriptorType.__get__ MemberDescriptorType.__get__ MethodDescriptorType.__get__ MethodType WrapperDescriptorType.__get__
typing: _eval_type get_type_hints
unittest: * TestLoader.discover defaultTestLoader.discover defaultTestLoader.loadTestsFromName defaultTestLoader.loadTestsFromNames
unittest.loader: TestLoader.discover TestLoader.loadTestsFromName
unittest.mock: MagicMock Mock _dot_lookup _get_target _importer _patch.__enter__ _patch.start patch patch.dict patch.multiple
urllib: *
urllib.request: * urlopen
urllib2: *
uuid: _arp _get_command_stdout _ifconfig _ip _lanscan _netstat_getnode _popen getnode
venv: * create
weakref: finalize
webbrowser: *
winreg: *
xmlrpc: *
xmlrpc.client: *
xmlrpc.server: * resolve_dotted_attribute
yaml: CLoader CUnsafeLoader Loader UnsafeLoader load load_all unsafe_load unsafe_load_all
zipfile: * PyZipFile ZipFile
zipimport: *
zlib: * decompress
`;

describe("published dangerous names", () => {
  const rows = PUBLISHED.trim()
    .split("\n")
    .map((line) => line.split(": ") as [string, string]);

  it.each(rows)("%s", (module, list) => {
    const missing = list
      .split(" ")
      .map((name) => (name === "*" ? "any_name_at_all" : name))
      .filter(
        (name) =>
          names.lookup(module, name) === undefined &&
          names.lookupDotted(module, name) === undefined,
      );
    expect(missing).toEqual([]);
  });

  it("is a long list", () => {
    expect(rows.flatMap(([, list]) => list.split(" ")).length).toBeGreaterThan(500);
  });
});
