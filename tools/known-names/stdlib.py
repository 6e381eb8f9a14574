"""Writes assets/stdlib-modules.json and assets/python2-names.json.

    python3.13 stdlib.py ASSETS [PYTHON…]

The first comes from `sys.stdlib_module_names` (Python 3.10 on), from the library folders and the
built-in modules of the interpreters given (older ones), and from the names below that exist on
other platforms or in versions that are not at hand. The second is `_compat_pickle` as data.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

# Other platforms' modules, and modules that older or newer versions alone have.
MORE = """
_aix_support _android_support _apple_support _bootsubprocess _bsddb _curses _curses_panel _dbm _gdbm _hashlib
_hmac _interpchannels _interpqueues _interpreters _ios_support _macosx _msi _osx_support _overlapped
_pyrepl _remote_debugging _scproxy _sqlite3 _ssl _testcapi _tkinter _types _uuid _winapi _wmi _zoneinfo
_zstd annotationlib compression audiodev autoGIL al AL BaseHTTPServer Bastion bsddb bsddb185 buildtools
Carbon cd CGIHTTPServer cfmfile ColorPicker ConfigParser Cookie cookielib copy_reg cPickle cStringIO
dbhash dircache dl DocXMLRPCServer dumbdbm dummy_thread EasyDialogs exceptions findertools FL fl flp fm
fpformat FrameWork future_builtins gdbm gensuitemodule gl GL hotshot htmlentitydefs htmllib HTMLParser
httplib ic icopen ihooks imageop imgfile imputil jpeg linuxaudiodev macerrors macostools macresource
MacOS markupbase md5 mhlib mimetools MimeWriter mimify MiniAEFrame msilib msvcrt multifile mutex Nav new
nt ntpath os2emxpath PixMapWrapper popen2 posix posixfile pwd Queue repr rexec rfc822 robotparser
rlcompleter ScrolledText sets sgmllib sha SimpleDialog SimpleHTTPServer SimpleXMLRPCServer SocketServer
statvfs StringIO stringold sunaudio sunaudiodev SUNAUDIODEV thread Tix Tkinter Tkconstants Tkdnd
tkColorChooser tkCommonDialog tkFileDialog tkFont tkMessageBox tkSimpleDialog toaiff ttk turtle
urllib2 urlparse user UserDict UserList UserString videoreader W whichdb whrandom winreg _winreg winsound
xmllib xmlrpclib __builtin__ __phello__ _abcoll _LWPCookieJar _MozillaCookieJar anydbm commands binhex
asynchat asyncore imp smtpd distutils formatter macpath parser symbol macurl2path dummy_threading
_dummy_thread _dummy_threading _markupbase _bootlocale cgi cgitb chunk crypt imghdr mailcap nis nntplib
ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib audioop aifc lib2to3 msilib _crypt tkinter
_msi _ctypes_test _testbuffer _testclinic _testconsole _testexternalinspection _testimportmultiple
_testinternalcapi _testlimitedcapi _testmultiphase _testsinglephase _xxsubinterpreters _xxinterpchannels
_xxtestfuzz xxlimited xxlimited_35 xxsubtype test turtledemo idlelib ensurepip venv pydoc_data lib2to3
_sysconfig _sysconfigdata _sysconfigdata_d __hello__ __main__ __future__ _suggestions _colorize _opcode_metadata
_pydatetime _pylong _datetime _lsprof _posixshmem _multiprocessing os2 riscos riscospath ce mac this antigravity
"""

PROBE = r"""
import sys, os, json
names = set(sys.builtin_module_names) | set(getattr(sys, "stdlib_module_names", ()))
folder = os.path.dirname(os.__file__)
for base in (folder, os.path.join(folder, "lib-dynload"), os.path.join(folder, "lib-tk"), os.path.join(folder, "lib-old")):
    for entry in (os.listdir(base) if os.path.isdir(base) else ()):
        if entry in ("site-packages", "lib-dynload", "lib-tk", "__pycache__", "config") or entry.startswith(("config-", "plat-")):
            continue
        if entry.endswith((".py", ".so")):
            names.add(entry.split(".")[0].replace("module", "") if entry.endswith("module.so") else entry.split(".")[0])
        elif os.path.isfile(os.path.join(base, entry, "__init__.py")):
            names.add(entry)
sys.stdout.write(json.dumps(sorted(names)))
"""


def main() -> None:
    assets = pathlib.Path(sys.argv[1])
    names = set(MORE.split())
    for python in [sys.executable, *sys.argv[2:]]:
        names |= set(json.loads(subprocess.run([python, "-c", PROBE], capture_output=True, check=True).stdout))
    names = {n for n in names if not n.startswith("_sysconfigdata_") and n.isidentifier()}
    write(assets / "stdlib-modules.json", {"roots": sorted(names)})

    import _compat_pickle as compat

    def joined(mapping):
        return {" ".join(k): " ".join(v) for k, v in sorted(mapping.items())}

    write(
        assets / "python2-names.json",
        {
            "modules": dict(sorted(compat.IMPORT_MAPPING.items())),
            "names": joined(compat.NAME_MAPPING),
            "reverseModules": dict(sorted(compat.REVERSE_IMPORT_MAPPING.items())),
            "reverseNames": joined(compat.REVERSE_NAME_MAPPING),
            "exceptions": {
                "python2": sorted(compat.PYTHON2_EXCEPTIONS),
                "multiprocessing": sorted(compat.MULTIPROCESSING_EXCEPTIONS),
                "osError": sorted(compat.PYTHON3_OSERROR_EXCEPTIONS),
                "importError": sorted(compat.PYTHON3_IMPORTERROR_EXCEPTIONS),
            },
        },
    )


def write(path: pathlib.Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
