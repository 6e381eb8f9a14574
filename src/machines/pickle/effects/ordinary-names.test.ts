import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readAsset } from "../../../bytes/file-source.ts";
import { loadDangerousNames } from "./dangerous-names.ts";

const names = loadDangerousNames(readAsset("dangerous-names.json"));

function find(module: string, name: string): string | undefined {
  return (names.lookup(module, name) ?? names.lookupDotted(module, name))?.does;
}

/** What ordinary files of many libraries name. */
const ORDINARY = `
argparse: Namespace
array: _array_reconstructor array
builtins: bytearray complex dict float frozenset int iter len list max object range reversed set slice str sum
__builtin__: bytes unicode xrange long hash list
collections: ChainMap Counter OrderedDict defaultdict deque namedtuple
datetime: date datetime timedelta timezone
decimal: Decimal
http: HTTPStatus
_io: BytesIO StringIO
ipaddress: IPv4Address
itertools: chain count cycle repeat
pathlib: Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath
pathlib._local: PosixPath
random: Random
re: Pattern _compile
types: SimpleNamespace MappingProxyType NoneType
typing: Any Union Optional
uuid: UUID SafeUUID
zoneinfo: ZoneInfo
time: struct_time
logging: Logger getLogger Formatter
enum: Enum IntEnum auto
os: stat_result PathLike
signal: Signals
socket: AddressFamily
urllib.parse: ParseResult SplitResult
inspect: Parameter Signature
platform: uname_result
pickle: PickleError
numpy: dtype ndarray float32 int64 matrix poly1d add mean log1p vectorize clip
numpy.core.multiarray: _reconstruct scalar
numpy._core.multiarray: _reconstruct scalar
numpy.core.numeric: _frombuffer
numpy.random._pickle: __bit_generator_ctor __generator_ctor __randomstate_ctor
numpy.random: __RandomState_ctor
numpy.core: _ufunc_reconstruct
numpy.ma.core: MaskedArray _mareconstruct
joblib.numpy_pickle: NumpyArrayWrapper NDArrayWrapper ZNDArrayWrapper
sklearn.externals.joblib.numpy_pickle: NumpyArrayWrapper
joblib.memory: Memory
scipy.sparse._csr: csr_matrix
scipy._lib._util: _FunctionWrapper
scipy.stats._continuous_distns: norm_gen uniform_gen
scipy.stats._distn_infrastructure: rv_frozen
scipy.interpolate._bsplines: BSpline
sklearn.pipeline: Pipeline FeatureUnion
sklearn.preprocessing._function_transformer: FunctionTransformer
sklearn.tree._tree: Tree
sklearn.utils._bunch: Bunch
sklearn.ensemble._forest: RandomForestClassifier
sklearn.metrics._scorer: _Scorer _passthrough_scorer
sklearn._loss.loss: HalfBinomialLoss
sklearn.neighbors._dist_metrics: newObj
pandas: DataFrame Series Index Categorical
pandas.core.frame: DataFrame
pandas.core.internals.managers: BlockManager
pandas.core.internals.blocks: new_block
pandas.core.indexes.base: _new_Index
pandas._libs.internals: _unpickle_block
torch: FloatStorage Size Tensor device float32 bfloat16
torch._utils: _rebuild_tensor _rebuild_tensor_v2 _rebuild_parameter _rebuild_sparse_tensor _rebuild_qtensor
torch._tensor: _rebuild_from_type_v2
torch.storage: UntypedStorage TypedStorage
torch.serialization: _get_layout StorageType
torch.nn.modules.linear: Linear Identity
torch.nn.modules.container: Sequential ModuleList
torch.nn.modules.module: _WrappedHook Module
torch.nn.functional: relu gelu
torch._C._nn: gelu
torch.optim.adam: Adam
torch.optim.lr_scheduler: OneCycleLR
torch.utils.data.dataloader: DataLoader
torch.utils.data._utils.collate: default_collate
torch.jit._pickle: build_intlist restore_type_tag
torch.torch_version: TorchVersion
torch.distributed.checkpoint.metadata: Metadata TensorStorageMetadata
torch.distributed.checkpoint.filesystem: _StorageInfo
torch._dynamo.eval_frame: OptimizedModule
torch.ao.quantization.fx._lower_to_native_backend: _load_packed_weight
torch.fx._symbolic_trace: Tracer
transformers.training_args: TrainingArguments OptimizerNames
transformers.trainer_utils: HubStrategy SchedulerType
transformers.models.bert.modeling_bert: BertModel BertSelfAttention
transformers.activations: GELUActivation gelu_new
accelerate.state: PartialState
xgboost.core: Booster
xgboost.sklearn: XGBClassifier
lightgbm.basic: Booster Dataset
lightgbm.sklearn: LGBMClassifier
keras.src.models.sequential: Sequential
spacy.vocab: unpickle_vocab
spacy.lang.en: English
networkx.classes.graph: Graph
flair.data: Dictionary
gensim.models.word2vec: Word2Vec
statsmodels.regression.linear_model: OLS
omegaconf.dictconfig: DictConfig
mmengine.config.config: ConfigDict
models.yolo: Model
ultralytics.nn.tasks: DetectionModel
timm.models.resnet: ResNet
torchvision.models.resnet: ResNet
torchvision.transforms.transforms: Compose
tokenizers: Tokenizer
datasets.arrow_dataset: Dataset
pyarrow.lib: _reconstruct_table
jax._src.array: _reconstruct_array
flax.core.frozen_dict: FrozenDict
requests.structures: CaseInsensitiveDict
__main__: Model Net
evilpkg.mod: Evil
mymodule: code test profile select trace _compile _test _code call run load Outer.Inner Model.code Config.select
pytorch_lightning.callbacks.model_checkpoint: ModelCheckpoint
`
  .trim()
  .split("\n")
  .map((line) => line.split(": ") as [string, string]);

interface Library {
  readonly groups: readonly {
    readonly allow: readonly string[];
    readonly arguments?: readonly unknown[];
    readonly names: Readonly<Record<string, string>>;
  }[];
}

/** The names that a library's table lets a stream call with any arguments. */
function* freelyCallable({ groups }: Library): Generator<readonly [string, string]> {
  for (const { allow, arguments: schema, names: listed } of groups) {
    if (!allow.includes("call") || schema !== undefined) {
      continue;
    }
    for (const [module, list] of Object.entries(listed)) {
      yield* list.split(" ").map((name) => [module, name] as const);
    }
  }
}

describe("ordinary names", () => {
  it.each(ORDINARY)("%s", (module, list) => {
    const dangers = list.split(" ").map((name) => [name, find(module, name)]);
    expect(dangers.filter(([, does]) => does !== undefined)).toEqual([]);
  });

  // A name in both tables is harmless as the one says and dangerous otherwise: then the one has to say how.
  const folder = new URL("../../../../assets/known-names/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name !== "index.json");

  it.each(files)("of %s may be called freely only where they are not dangerous", (file) => {
    const library = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Library;
    const shared = [...freelyCallable(library)].filter(
      ([module, name]) => find(module, name) !== undefined,
    );
    expect(shared).toEqual([]);
  });
});
