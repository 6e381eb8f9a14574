/**
 * Where links in an archive lead. A link is followed through other links of the same archive, since
 * two harmless ones in a row can leave the folder that the archive is unpacked in.
 */

export type LinkEnd = "inside" | "outside" | "loop";

/** Links that one path may lead through before it counts as a loop; what Linux allows. */
const MOST_LINKS = 40;
/** Components of one path that are looked at; longer ones cannot be created anyway. */
const MOST_COMPONENTS = 1024;
/**
 * Components and characters of targets that may be visited for one archive; past it paths are followed
 * through no more links.
 */
const BUDGET = 4_000_000;

/** A folder that leads to links, or a link. */
interface Node {
  readonly children: Map<string, Node>;
  target: string | undefined;
}

export class LinkMap {
  readonly #root: Node = { children: new Map(), target: undefined };
  #budget = BUDGET;
  #size = 0;

  /** Number of links. */
  get size(): number {
    return this.#size;
  }

  /** Adds a symbolic link. */
  add(path: string, target: string): void {
    let node = this.#root;
    for (const component of split(path)) {
      let next = node.children.get(component);
      if (next === undefined) {
        next = { children: new Map(), target: undefined };
        node.children.set(component, next);
      }
      node = next;
    }
    node.target = target;
    this.#size += 1;
  }

  /** Where the symbolic link at `path` leads. */
  follow(path: string, target: string): LinkEnd {
    return isAbsolute(target)
      ? "outside"
      : this.#walk([...split(path).slice(0, -1), ...split(target)]);
  }

  /** Where a path from the archive's root leads: a hard link's target. */
  resolve(path: string): LinkEnd {
    return isAbsolute(path) ? "outside" : this.#walk(split(path));
  }

  /** Where a member lands that lies below a symbolic link; nothing when it lies below none. */
  through(path: string): LinkEnd | undefined {
    const components = split(path);
    let node: Node | undefined = this.#root;
    for (const component of components.slice(0, -1)) {
      node = node.children.get(component);
      if (node === undefined) {
        return undefined;
      }
      if (node.target !== undefined) {
        return this.#walk(components);
      }
    }
    return undefined;
  }

  #walk(components: readonly string[]): LinkEnd {
    const todo = components.toReversed();
    // The nodes on the way down; undefined where no link lies below.
    const at: (Node | undefined)[] = [];
    let links = 0;
    for (let component = todo.pop(); component !== undefined; component = todo.pop()) {
      this.#budget -= 1;
      if (component === "..") {
        if (at.length === 0) {
          return "outside";
        }
        at.pop();
        continue;
      }
      const parent = at.length === 0 ? this.#root : at.at(-1);
      const node = parent?.children.get(component);
      if (node?.target === undefined || this.#budget < 0) {
        at.push(node);
        continue;
      }
      links += 1;
      this.#budget -= node.target.length;
      if (isAbsolute(node.target)) {
        return "outside";
      }
      if (links > MOST_LINKS || todo.length > MOST_COMPONENTS) {
        return "loop";
      }
      todo.push(...split(node.target).reverse());
    }
    return "inside";
  }
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:)/.test(path);
}

function split(path: string): string[] {
  return path
    .split(/[/\\]/, MOST_COMPONENTS)
    .filter((component) => component !== "" && component !== ".");
}
