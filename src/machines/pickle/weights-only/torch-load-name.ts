/** Names of files that people load with torch.load. */

const NAMES = /\.(?:pt|pth|bin|ckpt|pkl|pickle|ptl|th|tar)$/i;

/**
 * Whether people load files of this name with torch.load: `.pt`, `.pth`, `.bin`, `.ckpt`, `.pkl`,
 * `.ptl`, `.pth.tar` and the like. A hint, as all names are.
 */
export function isTorchLoadName(name: string): boolean {
  return NAMES.test(name);
}
