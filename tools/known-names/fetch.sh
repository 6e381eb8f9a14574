#!/bin/bash
# usage: fetch.sh name version pyver platform...   -> src/name-version/
n=$1; v=$2; py=$3; shift 3
d=src/$n-$v; [ -d $d ] && exit 0
rm -rf dl/$n-$v; mkdir -p dl/$n-$v
pl=""; for p in "$@"; do pl="$pl --platform $p"; done
abi="--abi cp$py --abi cp${py}m --abi cp${py}mu --abi abi3 --abi none"
if timeout 500 pip download -q --no-deps --no-cache-dir --only-binary=:all: --python-version $py --implementation cp $abi $pl --platform any -d dl/$n-$v "$n==$v" >dl/$n-$v.log 2>&1; then
  mkdir -p $d; for w in dl/$n-$v/*.whl; do unzip -qo $w '*.py' '*.pyi' '*.pyx' '*.pxd' '*.tp' '*.pxi' '*.in' -d $d 2>/dev/null; done; ls dl/$n-$v/*.whl >/dev/null; echo "ok $n $v $(ls -sh dl/$n-$v/*.whl | cut -d' ' -f1)"; rm -rf dl/$n-$v
else echo "FAIL $n $v: $(tail -1 dl/$n-$v.log | cut -c1-150)"; fi
