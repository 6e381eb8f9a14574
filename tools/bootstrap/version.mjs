// The part of semver ranges that package.json's `engines` uses: `^1.2.3 || ^4.5 || >=6`.

/**
 * Whether a Node version lies in the range. Pre-releases and forms other than `^` and `>=` count as outside.
 * @param {string} version such as "24.21.0"
 * @param {string} range
 */
export function satisfies(version, range) {
  const actual = parse(version);
  return range.split("||").some((part) => {
    const match = /^(\^|>=)\s*(\d+(?:\.\d+){0,2})$/.exec(part.trim());
    if (!actual || !match) return false;
    const wanted = parse(match[2]);
    if (match[1] === "^" && actual[0] !== wanted[0]) return false;
    return compare(actual, wanted) >= 0;
  });
}

function parse(version) {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(version);
  return match && [Number(match[1]), Number(match[2] || 0), Number(match[3] || 0)];
}

function compare(left, right) {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
