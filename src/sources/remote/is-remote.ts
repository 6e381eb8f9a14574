/** Whether a target is a place on a hub or a web address; a file of that name is meant by `./hf:…`. */
export function isRemote(target: string): boolean {
  return /^(?:hf:|https?:\/\/)/i.test(target);
}
