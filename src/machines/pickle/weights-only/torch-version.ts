/** The version of torch that is simulated; its facts are in `assets/weights-only/`. */
export const TORCH_VERSION = "2.15.0";
